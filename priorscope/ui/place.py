"""The folder that is shown, and the room in it for what the page keeps."""

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from priorscope.core.files import FOLDER_MODE, make_folder, own, refuse_links
from priorscope.core.printable import file_safe

KIND = "ui"  # of the marker in the room
ROOM = "ui"  # its name in the folder
PART = ".part"  # an upload that isn't whole
LONGEST_NAME = 60  # characters of an uploaded file's name that are kept
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Place:
    """FOLDER/NAME: a comparison. FOLDER/ui/jobs: who asked for what. FOLDER/ui/uploads: data."""

    folder: Path

    @property
    def room(self) -> Path:
        """Where the page keeps its own files."""
        return self.folder / ROOM

    @property
    def jobs(self) -> Path:
        """Records and logs of comparisons that were started from the page."""
        return self.room / "jobs"

    def claim(self) -> None:
        """Make the room, or make sure that it is ours; uploads that were cut short are removed.

        Raises:
            ValueError: if something else has its name.
            OSError: if the folder can't be written.
        """
        refuse_links(self.jobs / "any", self.folder)
        refuse_links(self._uploads / "any" / "file", self.folder)
        own(self.room, KIND)
        make_folder(self.jobs)
        make_folder(self._uploads)
        for folder in self._uploads.iterdir():
            own_one = _ID.fullmatch(folder.name) and not folder.is_symlink()
            if own_one and [path.name for path in folder.iterdir()] in ([], [PART]):
                shutil.rmtree(folder)

    def new_upload(self, name: str) -> Path:
        """A path for an uploaded file, in a new folder of its own.

        name: as a browser gives it; what could lead elsewhere or mislead a shell is replaced.
        """
        safe = file_safe(name)[-LONGEST_NAME:].lstrip(".-") or "data"
        folder = self._uploads / secrets.token_hex(6)
        folder.mkdir(FOLDER_MODE)
        return folder / safe

    def upload(self, upload_id: str) -> Path:
        """The file of an upload.

        Raises:
            LookupError: if there is none.
        """
        folder = self._uploads / upload_id
        if _ID.fullmatch(upload_id) and folder.is_dir() and not folder.is_symlink():
            files = [path for path in folder.iterdir() if path.name != PART]
            if len(files) == 1 and files[0].is_file() and not files[0].is_symlink():
                return files[0]
        raise LookupError("This upload isn't there any more; drop the file again.")

    @property
    def _uploads(self) -> Path:
        return self.room / "uploads"
