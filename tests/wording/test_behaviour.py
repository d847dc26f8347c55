from priorscope.wording.behaviour import behaviour


def test_says_what_is_ignored_used_and_reached():
    values = {
        ("symmetry", "shift"): 0.02,
        ("symmetry", "mirror"): 0.4,
        ("frequency", "low"): 0.6,
        ("frequency", "high"): 0.01,
        ("attention-distance", "block 1"): 0.5,
        ("attention-distance", "block 2"): 1.0,
    }
    assert behaviour(values) == [
        "It ignores a shift by one position.",
        "Its answers move after mirroring (40%); 100% is as far as to another example's.",
        "It relies most on low frequencies: without them its answers move by 60%.",
        "Its attention reaches 50% in its first block and 100% in its last as far as if it "
        "attended to all alike.",
    ]
    assert behaviour({}) == []
