"""Scripts and style sheets are joined into one file each."""

from graphlib import CycleError

import pytest

from chatweb.web.joining import join


@pytest.fixture
def joined(tmp_path):
    def run(**modules):
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text)
        return join(tmp_path / "main.js")

    return run


def test_what_is_imported_stands_before_what_imports_it_and_only_once(joined):
    text = joined(
        main='import { a } from "./a.js";\nimport { b } from "./b.js";\nmain(a, b);\n',
        a='import { b } from "./b.js";\nexport const a = b + 1;\n',
        b="export const b = 1;\n",
    )
    assert text.count("b = 1") == 1
    assert text.index("b = 1") < text.index("a = b + 1") < text.index("main(a, b)")


def test_what_a_module_does_not_export_stays_its_own(joined):
    text = joined(
        main='import { one, two } from "./a.js";\nconst own = 1;\n',
        a="const own = 2;\nexport function one() {}\nexport async function two() {}\nexport class Three {}\n",
    )
    assert "const { one, two } = module_a;" in text
    assert "return { one, two, Three };" in text


@pytest.mark.parametrize(
    "line",
    [
        'import all from "./a.js";',
        'import "./a.js";',
        'import { a as b } from "./a.js";',
        'import { a } from "elsewhere";',
        "export default 1;",
        "export let changing = 1;",
        'export { a } from "./a.js";',
    ],
)
def test_what_is_not_understood_is_refused(joined, line):
    with pytest.raises(ValueError, match=r"main\.js: not understood"):
        joined(main=line + "\n", a="export const a = 1;\n")


def test_files_that_import_each_other_are_refused(joined):
    with pytest.raises(CycleError):
        joined(
            main='import { a } from "./a.js";\n',
            a='import { main } from "./main.js";\nexport const a = 1;\n',
        )


def test_a_style_sheet_takes_the_place_of_its_import(tmp_path):
    (tmp_path / "main.css").write_text('@import url("first.css");\n@import url("second.css");\n')
    (tmp_path / "first.css").write_text("a { color: red }\n")
    (tmp_path / "second.css").write_text("b { color: red }\n")
    text = join(tmp_path / "main.css")
    assert text.index("a {") < text.index("b {")
    assert "@import" not in text
