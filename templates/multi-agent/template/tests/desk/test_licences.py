"""Licences: what a package says, by its usual name, and no guesses."""

from email.message import Message

import pytest

from app.desk.licences import licence_of

OSI = "License :: OSI Approved :: "


def said(*classifiers: str, **fields: str) -> str:
    message = Message()
    for name, text in fields.items():
        message[name.replace("_", "-")] = text
    for one in classifiers:
        message["Classifier"] = one
    return licence_of(message)


@pytest.mark.parametrize(
    ("classifiers", "fields", "name"),
    [
        ([], {"License_Expression": "MIT AND (Apache-2.0 OR BSD-2-Clause)", "License": "GPL"},
         "MIT AND (Apache-2.0 OR BSD-2-Clause)"),
        ([OSI + "MIT License"], {"License": "Apache-2.0"}, "MIT"),
        ([OSI + "Mozilla Public License 2.0 (MPL 2.0)"], {}, "MPL-2.0"),
        ([OSI + "GNU General Public License v2 or later (GPLv2+)"], {}, "GPL-2.0-or-later"),
        ([OSI + "GNU Library or Lesser General Public License (LGPL)"], {}, "LGPL"),
        ([OSI + "BSD License"], {}, "BSD"),
        ([OSI + "BSD License"], {"License": "BSD-3-Clause"}, "BSD-3-Clause"),
        ([OSI + "BSD License"], {"License": "MIT"}, "BSD"),
        (["License :: OSI Approved"], {"License": "MIT"}, "MIT"),
        ([OSI + "MIT License", OSI + "Apache Software License"], {}, "Apache-2.0 / MIT"),
        ([OSI + "MIT License", OSI + "Apache Software License"], {"License": "MIT OR Apache-2.0"},
         "MIT OR Apache-2.0"),
        ([OSI + "MIT License", OSI + "Apache Software License"], {"License": "MIT"},
         "Apache-2.0 / MIT"),
        ([OSI + "MIT License", "License :: Other/Proprietary License"], {},
         "MIT / Other/Proprietary License"),
        (["License :: Other/Proprietary License"], {}, "Other/Proprietary License"),
        (["Programming Language :: Python"], {"License": "The MIT License"}, "MIT"),
        ([], {"License": "mit"}, "MIT"),
        ([], {"License": "MIT License\n\nCopyright (c) 2022 Somebody"}, "MIT"),
        ([], {"License": "Apache License, Version 2.0"}, "Apache-2.0"),
        ([], {"License": "Apache-2.0 WITH LLVM-exception"}, "Apache-2.0 WITH LLVM-exception"),
        ([], {"License": "Copyright 2020 by me, all rights reserved"}, "unknown"),
        ([], {"License": "MIT License, Apache License, Version 2.0"}, "unknown"),
        ([], {"License": "UNKNOWN"}, "unknown"),
        ([], {"License": ""}, "unknown"),
        ([], {}, "unknown"),
    ],
)  # fmt: skip
def test_a_licence_has_the_name_that_is_certain(
    classifiers: list[str], fields: dict[str, str], name: str
) -> None:
    assert said(*classifiers, **fields) == name
