"""Whether a report says who is behind a figure: the one place that is asked."""


def named(*, nameless: bool, private: bool, may_see: bool) -> bool:
    """Whether names are shown.

    nameless  the team has names in its reports switched off
    private   it goes to one person, not to a chat of several
    may_see   that person may see names by right, or the report is theirs by their duty
    """
    return not nameless or (private and may_see)
