from tests.house.locks import faults


def test_the_locks_pin_with_hashes_and_name_no_host() -> None:
    assert faults() == []
