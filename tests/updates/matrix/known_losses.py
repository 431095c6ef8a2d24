"""What `copier update` and `cruft update` are known to do in the states of the matrix.

In the words of `losses_in_words`, as measured with copier 9.19.1, cruft 2.16.0 and git 2.39.5.
What is not named here goes well. When a test of these fails, the tool became better, or a state of
the matrix is another one: print the table anew.
"""

from __future__ import annotations

_UNTOLD = "conflict (exit code 0)"
_NEEDLESS = "needless conflict (exit code 0)"

#: State -> what `copier update` does.
COPIER = {
    "untracked-file-present": "refused",
    "same-line-edited": _UNTOLD,
    "edited-elsewhere-and-at-the-same-line": _UNTOLD,
    "edited-what-the-release-renames": "the edit lost",
    "same-line-edited-in-what-the-release-renames": "the edit lost, no conflict told",
    "edited-what-the-release-drops": "the edit lost",
    "text-written-into-an-empty-file-that-the-release-drops": "the text lost",
    "dependency-raised-less": _NEEDLESS,
    "dependency-raised-further": _NEEDLESS,
    "action-raised-less": _NEEDLESS,
    "action-raised-further": _NEEDLESS,
    "answer-glued-to-its-question": _NEEDLESS,
    "question-removed-above-an-answer": _NEEDLESS,
    "anchor-removed-above-an-answer": _NEEDLESS,
    "question-removed-altogether": _UNTOLD,
    "question-moved": _NEEDLESS,
    "section-moved": _NEEDLESS,
    "section-removed": _UNTOLD,
    "renamed-what-the-release-changes": "1 of the release's changes missing",
    "renamed-and-edited-what-the-release-changes": "1 of the release's changes missing",
    "own-file-where-the-release-renames-to": _NEEDLESS,
    "other-file-added": _UNTOLD,
    "untracked-file-in-the-way": "refused",
    "ignored-file-in-the-way": "the own file lost",
    "file-where-the-release-adds-a-folder": "refused",
    "folder-where-the-release-adds-a-file": "7 of the release's changes missing",
    "link-in-place-of-a-folder": "2 of the release's changes missing",
    "untracked-link-where-the-release-adds-a-folder": "refused",
    "link-that-leads-nowhere-in-the-way": "refused",
    "data-folder-lives-elsewhere": "16 of the release's changes missing",
    "submodule-where-the-release-adds-a-file": "7 of the release's changes missing",
    "binary-changed-by-the-learner": "the binary lost",
    "binary-changed-by-both": "the binary lost, no conflict told",
    "windows-checkout": _NEEDLESS,
    "windows-checkout-with-a-conflict": _UNTOLD,
    "line-ends-of-windows-committed": f"{_NEEDLESS}, 13 of the release's changes missing",
    "git-that-does-everything-otherwise": "the edit lost, conflict (exit code 0)",
    "no-commit-yet": "refused",
    "dirty-file": "refused",
    "staged-file": "refused",
    "deletion-not-committed": "refused",
    "merge-not-ended": "refused",
}

#: State -> what `cruft update` does.
CRUFT = {
    "same-line-edited": _UNTOLD,
    "edited-elsewhere-and-at-the-same-line": _UNTOLD,
    "same-line-edited-in-what-the-release-renames": _UNTOLD,
    "text-written-into-an-empty-file-that-the-release-drops": "1 of the release's changes missing",
    "dependency-raised-less": _NEEDLESS,
    "dependency-raised-further": _NEEDLESS,
    "action-raised-less": _NEEDLESS,
    "action-raised-further": _NEEDLESS,
    "answer-glued-to-its-question": _NEEDLESS,
    "question-removed-above-an-answer": _NEEDLESS,
    "anchor-removed-above-an-answer": _NEEDLESS,
    "question-removed-altogether": _UNTOLD,
    "question-moved": _NEEDLESS,
    "section-moved": _NEEDLESS,
    "section-removed": _UNTOLD,
    "renamed-what-the-release-changes": "1 of the release's changes missing",
    "renamed-and-edited-what-the-release-changes": "1 of the release's changes missing",
    "own-file-where-the-release-renames-to": "the own file lost",
    "other-file-added": _UNTOLD,
    "file-where-the-release-adds-a-folder": "5 of the release's changes missing",
    "folder-where-the-release-adds-a-file": "7 of the release's changes missing",
    "untracked-link-where-the-release-adds-a-folder": "files elsewhere lost",
    "submodule-where-the-release-adds-a-file": "7 of the release's changes missing",
    "binary-changed-by-both": _UNTOLD,
    "windows-checkout-with-a-conflict": _UNTOLD,
    "line-ends-of-windows-committed": f"{_NEEDLESS}, 17 of the release's changes missing",
    "folder-of-a-bigger-repository": "refused",
    "git-that-does-everything-otherwise": _UNTOLD,
    "no-commit-yet": "refused",
    "dirty-file": "refused",
    "staged-file": "refused",
    "deletion-not-committed": "refused",
    "merge-not-ended": "refused",
}
