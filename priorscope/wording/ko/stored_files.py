"""Korean of English sentences on tables, texts, arrays and images; see `ko.stored`."""

TABLES: list[tuple[str, str]] = [
    (
        "{n} lines that begin with {mark} are comments and are not read.",
        "{n}줄은 {mark} 표시로 시작하는 주석이어서 읽지 않습니다.",
    ),
    (
        "The line below the names ({shown}) looks like units or types and is not read.",
        "열 이름 아랫줄({shown})은 단위나 자료형으로 보여 읽지 않습니다.",
    ),
    (
        "{name} is read as powers of ten, such as {value}; if they are codes, put a letter before "
        "each to read categories.",
        "{name:을} 10의 거듭제곱으로 읽었습니다(예: {value}). 코드라면 범주로 읽도록 값 앞에 "
        "글자를 붙이세요.",
    ),
    (
        "{name} holds points before three digits alone, beside whole numbers: if they part "
        "thousands, say --decimal , to read them so.",
        "{name}에서 점 뒤에는 언제나 세 자리가 오고, 점 없는 정수도 있습니다. 점이 천 단위 "
        "구분이라면 --decimal , 을 쓰세요.",
    ),
    (
        "The header is one field shorter than the rows: the first field numbers the rows.",
        "머리글이 행보다 한 칸 짧습니다. 첫 칸은 행 번호로 보았습니다.",
    ),
    (
        "The first line looks like data ({shown}), so columns are called column 1 to column {n}; "
        "--header yes reads it as their names.",
        "첫 줄이 데이터로 보여({shown}) 열 이름을 column 1~column {n:으로} 붙였습니다. 첫 줄을 "
        "열 이름으로 읽으려면 --header yes를 쓰세요.",
    ),
    (
        "{file} is read as {encoding}; --encoding decides.",
        "{file:을} {encoding:으로} 읽었습니다. 바꾸려면 --encoding을 쓰세요.",
    ),
    (
        "{n} rows repeat the names of the columns and are left out.",
        "열 이름이 되풀이된 {n}개 행을 제외했습니다.",
    ),
    (
        "The sheet {name} is read; {names} not.",
        "시트 {name:을} 읽었습니다. {names:은} 읽지 않았습니다.",
    ),
    (
        "{n} files of kinds that are not read ({kinds}) are left out.",
        "읽지 않는 종류의 파일({kinds}) {n}개를 제외했습니다.",
    ),
    (
        "{name} ({n} {what}) has no folders of classes and is left out; if it is a class, give it "
        "another name.",
        "{name}({what} {n}개)에는 클래스 폴더가 없어 제외했습니다. 클래스라면 이름을 바꾸세요.",
    ),
    (
        "{n} {what} lie in folders beside others of their class ({names}); they count as its "
        "examples. Move out what isn't one.",
        "{what} {n}개가 클래스의 파일과 나란히 있는 폴더({names})에 있어 그 클래스의 예로 "
        "셌습니다. 예가 아닌 것은 옮기세요.",
    ),
    (
        "{n} text files in no folder of a class are left out: {names}.",
        "클래스 폴더에 없는 텍스트 파일 {n}개를 제외했습니다: {names}.",
    ),
    (
        "The classes {names} look alike; are they one?",
        "클래스 {names:은} 이름이 비슷합니다. 같은 클래스인가요?",
    ),
    (
        "The folders are the classes; the tables beside them ({names}) are not read.",
        "폴더를 클래스로 읽었습니다. 곁에 있는 표({names})는 읽지 않습니다.",
    ),
    (
        "Arrays that are not read: {names}. A test split is a boolean array is_test, or x_test and "
        "y_test.",
        "읽지 않은 배열: {names}. 테스트 분할은 불리언 배열 `is_test`나 `x_test`와 "
        "`y_test`로 주세요.",
    ),
    (
        "Arrays that are not read: {names}.",
        "읽지 않은 배열: {names}.",
    ),
    ("{n} images that no row names are left out.", "표에 없는 이미지 {n}장을 제외했습니다."),
    (
        "{name} has {n} times {value}, far from all other values; if it stands for what is "
        "missing, take it out.",
        "{name}에 다른 값과 동떨어진 {value:이} {n}번 나옵니다. 결측을 뜻한다면 빼세요.",
    ),
    (
        "{name} holds whole numbers of more than 15 digits, of which the last are lost; if they "
        "are identifiers or codes, leave it out with --input.",
        "{name}에 15자리가 넘는 정수가 있어 끝자리가 사라집니다. 식별자나 코드라면 --input으로 "
        "제외하세요.",
    ),
    (
        "{name} has leading zeros, as codes have, but is read as numbers; leave it out with "
        "--input, or put a letter before each to read categories.",
        "{name:은} 코드처럼 0으로 시작하지만 수로 읽었습니다. --input으로 제외하거나, 범주로 "
        "읽으려면 값 앞에 글자를 붙이세요.",
    ),
    (
        "{name} looks like dates (such as {value}), but is read as numbers; write them as "
        "2024-05-31.",
        "{name:은} 날짜로 보이지만(예: {value}) 수로 읽었습니다. 2024-05-31처럼 적으세요.",
    ),
    (
        "{name} is read as dates written {written}, but could be {other} as well; write them as "
        "2024-05-31.",
        "{name:을} {written} 형식의 날짜로 읽었지만 {other} 형식일 수도 있습니다. 2024-05-31처럼 "
        "적으세요.",
    ),
    (
        "Categories of {name} look alike ({names}) and are kept apart.",
        "{name}의 범주 가운데 비슷해 보이는 것({names})을 따로 두었습니다.",
    ),
    (
        "Columns that hold one value and tell nothing: {names}.",
        "값이 하나뿐이어서 쓸모없는 열: {names}.",
    ),
    ("Columns that repeat another column: {names}.", "다른 열과 똑같은 열: {names}."),
    (
        "its values begin with numbers, but are neither plain ones nor dates",
        "값이 숫자로 시작하지만 수도 날짜도 아님",
    ),
    ("times in seconds", "시각과 시간을 초로"),
    ("negative ones with the minus behind", "뒤에 빼기표를 붙인 음수"),
    ("exponents of Fortran", "포트란식 지수"),
    ("The column {name} is left out: {reason}.", "열 {name:을} 제외했습니다: {reason}."),
    ("it is empty", "비어 있음"),
    ("it identifies the rows", "행을 식별하는 값"),
    ("it numbers the rows", "행 번호"),
    (
        "it holds text; --kind text --input {name} reads it",
        "텍스트가 들어 있음(읽으려면 --kind text --input {name})",
    ),
    ("it holds lists or records of changing form", "형태가 일정하지 않은 목록이나 레코드"),
    ("it holds images", "이미지가 들어 있음"),
    ("it holds image names", "이미지 이름이 들어 있음"),
    ("its dates follow the order of the rows", "날짜가 행의 순서를 따름"),
    ("another value in each row", "행마다 값이 다름"),
    ("not among the inputs", "입력이 아님"),
    ("not the text", "텍스트 열이 아님"),
    ("not the image", "이미지 열이 아님"),
    ("target", "타깃"),
    ("time", "시간"),
    ("number (seconds since 1970)", "수(1970년부터의 초)"),
    ("vector of numbers", "수의 벡터"),
    ("number", "수"),
    ("category", "범주"),
    ("text", "텍스트"),
    ("vector", "벡터"),
    ("date", "날짜"),
    ("image", "이미지"),
    ("image name", "이미지 이름"),
    ("{name} is read as numbers ({form}).", "{name:을} 수로 읽었습니다({form})."),
    (
        "{name} is read as {n} categories, though they begin with numbers (such as {example}); if "
        "they are quantities, write them as numbers.",
        "{name:을} 범주 {n}개로 읽었지만 값이 숫자로 시작합니다(예: {example}). 수량이라면 숫자로 "
        "적으세요.",
    ),
    ("percent", "퍼센트"),
    ("with the unit {unit}", "단위 {unit}"),
    ("thousands apart", "천 단위 띄어쓰기"),
    ("decimal comma", "소수점 쉼표"),
    ("commas between thousands", "천 단위 쉼표"),
    ("negative ones in brackets", "괄호로 적은 음수"),
    (
        "{n} values of {name} are no numbers ({shown}) and count as missing.",
        "{name}의 값 {n}개는 수가 아니어서({shown}) 결측으로 처리했습니다.",
    ),
    (
        "{n} values of the column {name} are missing; they are filled with the median {median}, "
        "and a feature marks them.",
        "열 {name}의 값 {n}개가 비어 있어 중앙값 {median:으로} 채우고, 채운 자리를 특성으로 "
        "표시했습니다.",
    ),
    (
        "{n} values of {name} are missing, which none was in training; they are filled with its "
        "median {median}.",
        "{name}의 값 {n}개가 비어 있습니다(학습 때는 없던 일). 중앙값 {median:으로} 채웠습니다.",
    ),
    (
        "{n} values of {name} are categories that training had none of (such as {value}); they "
        "are read as none.",
        "{name}의 값 {n}개는 학습에 없던 범주입니다(예: {value}). 어느 범주에도 넣지 않았습니다.",
    ),
    (
        "{n} images have 16 bits, but those of training had 8; they are divided by {value}.",
        "이미지 {n}장이 16비트지만 학습 이미지는 8비트였습니다. {value:으로} 나누었습니다.",
    ),
    (
        "{name} is centred at {value}, as it varies little.",
        "{name:은} 변화가 작아 {value:을} 중심으로 옮겼습니다.",
    ),
    (
        "{names} beside the text {name} are left out; --kind vector reads the table without its "
        "text.",
        "텍스트 {name} 옆의 {names:은} 제외했습니다. 텍스트 없이 표로 읽으려면 --kind vector를 "
        "쓰세요.",
    ),
    (
        "{share} of the tokens are unknown to the tokenizer; is it the one for these texts?",
        "토큰의 {share:을} 토크나이저가 모릅니다. 이 텍스트에 맞는 토크나이저인가요?",
    ),
    (
        "{n} of {all} texts are cut to their first {room} tokens.",
        "텍스트 {all}개 중 {n}개를 처음 {room}토큰으로 잘랐습니다.",
    ),
    (
        "{n} of {all} texts are empty; they are read as [UNK].",
        "텍스트 {all}개 중 {n}개가 비어 있어 [UNK]로 읽었습니다.",
    ),
    (
        "{n} rows name a file that is not there; they are left out.",
        "{n}개 행이 가리키는 파일이 없어 제외했습니다.",
    ),
]

ARRAYS: list[tuple[str, str]] = [
    (
        "Inputs are centred at {value}, as they vary little.",
        "입력의 변화가 작아 {value:을} 중심으로 옮겼습니다.",
    ),
    (
        "Channels are centred at {value}, as they vary little.",
        "채널의 변화가 작아 {value:을} 중심으로 옮겼습니다.",
    ),
    (
        "Read as a vector of {shape} features without order; --kind series reads a series.",
        "순서가 없는 특성 {shape}개의 벡터로 읽었습니다. 시계열로 읽으려면 --kind series를 쓰세요.",
    ),
    (
        "Read as a vector of {shape} features without order; --kind series reads a series, --kind "
        "tokens token ids.",
        "순서가 없는 특성 {shape}개의 벡터로 읽었습니다. --kind series는 시계열로, --kind tokens는 "
        "토큰 번호로 읽습니다.",
    ),
    (
        "Read as series of shape {shape}; --kind image reads images.",
        "{shape} 시계열로 읽었습니다. 이미지로 읽으려면 --kind image를 쓰세요.",
    ),
    (
        "Read as grey images of {shape} pixels; --kind series reads the first axis as time.",
        "{shape} 픽셀의 흑백 이미지로 읽었습니다. 첫 축을 시간으로 읽으려면 --kind series를 "
        "쓰세요.",
    ),
    (
        "The last axis of {shape} is read as the channels; or --channels first.",
        "{shape}의 마지막 축을 채널로 읽었습니다. 아니라면 --channels first를 쓰세요.",
    ),
    ("The first axis of {shape} is read as the channels.", "{shape}의 첫 축을 채널로 읽었습니다."),
    (
        "Of {shape}, the first axis is read as {first} channels and the second as {last} steps; "
        "--channels last reads it the other way round.",
        "{shape}에서 첫 축은 채널 {first}개, 둘째 축은 시점 {last}개로 읽었습니다. 반대로 "
        "읽으려면 --channels last를 쓰세요.",
    ),
    (
        "Lengths go from {low} to {high}; shorter series are padded with zeros.",
        "길이가 {low}~{high}로 다양해, 짧은 시계열은 0으로 채웠습니다.",
    ),
    (
        "{n} images of other sizes are stretched to {size}; --image-size gives another size.",
        "크기가 다른 이미지 {n}장을 {size:으로} 늘리거나 줄였습니다. 크기는 --image-size로 바꿀 "
        "수 있습니다.",
    ),
    (
        "{n} images of other sizes are stretched to {size}.",
        "크기가 다른 이미지 {n}장을 {size:으로} 늘리거나 줄였습니다.",
    ),
    (
        "Grey and colour images are mixed; all are read as colour.",
        "흑백과 컬러 이미지가 섞여 있어 모두 컬러로 읽었습니다.",
    ),
    (
        "{n} images have 16 bits; all are read as {bits} bits (divided by {by}).",
        "이미지 {n}장이 16비트여서 모두 {bits}비트로 읽었습니다({by:으로} 나눔).",
    ),
    (
        "{n} images can't be read and are skipped: {shown} and {more} more.",
        "이미지 {n}장을 읽지 못해 건너뛰었습니다: {shown} 외 {more}장.",
    ),
    (
        "{n} images can't be read and are skipped: {shown}.",
        "이미지 {n}장을 읽지 못해 건너뛰었습니다: {shown}.",
    ),
    (
        "No image of the classes {classes} can be read; they are left out.",
        "클래스 {classes}의 이미지를 하나도 읽지 못해 제외했습니다.",
    ),
    ("unreadable images ({reasons})", "읽을 수 없는 이미지({reasons})"),
    (
        "The top folders ({names}) are read as the classes, but each holds the folders {inner}; "
        "if those are the classes, move them up.",
        "맨 위 폴더({names})를 클래스로 읽었지만, 그 안마다 폴더 {inner:이} 있습니다. 그쪽이 "
        "클래스라면 한 단계 위로 옮기세요.",
    ),
    (
        "The values of feature {n} go from {low} to {high}, but those of training varied by "
        "{spread} around {center}; are they on another scale?",
        "특징 {n}의 값이 {low}~{high}인데 학습 때는 {center} 근처에서 {spread:으로} 퍼져 "
        "있었습니다. 척도가 다른가요?",
    ),
    (
        "The values go from {low} to {high}, but those of training varied by {spread} around "
        "{center}; are they on another scale?",
        "값이 {low}~{high}인데 학습 때는 {center} 주위로 {spread}만큼 변했습니다. 단위가 다른 "
        "것은 아닌가요?",
    ),
    ("{name} ({n} {what}) {why} and is left out.", "{name}({what} {n}개): {why} 제외했습니다."),
    ("has no folders of classes", "클래스 폴더가 없어"),
    ("holds no labels", "라벨이 없어"),
    ("{n} images {what}.", "이미지 {n}장: {what}."),
    ("are turned upright, as their EXIF data say", "EXIF 정보에 따라 바로 세움"),
    ("have transparent pixels, which are read as grey", "투명한 픽셀을 회색으로 읽음"),
    ("have several frames or pages; the first is read", "프레임이나 쪽이 여럿이어서 첫 장만 읽음"),
]
