"""The first phase of loading: what a manifest must say before anything is constructed."""

from __future__ import annotations

import json

import pytest

from misplaced.errors import ArtifactError
from misplaced.manifest import FORMAT_VERSION, file_digest, files_of, read_manifest, verify

GOOD = {
    "format_version": FORMAT_VERSION,
    "name": "small",
    "version": "1",
    "created": "2031-04-01",
    "threshold": 0.5,
    "encoder": {"kind": "onnx", "name": "e", "dimension": 4},
    "files": {},
    "packages": {"scikit-learn": "1.8.0"},
    "data": [{"name": "a"}],
    "seed": 3,
    "settings": {},
    "metrics": {},
    "probe": [0.5, 0.25, 0.25],
}


def write(folder, found):
    (folder / "manifest.json").write_text(found if isinstance(found, str) else json.dumps(found))
    return folder


def error_of(folder):
    with pytest.raises(ArtifactError) as caught:
        verify(folder, read_manifest(folder))
    assert str(caught.value).startswith(f"{folder}: ")
    assert "\n" not in str(caught.value)
    return caught.value


def test_what_is_written_is_read(tmp_path):
    manifest = read_manifest(write(tmp_path, {**GOOD, "something": "newer"}))
    assert (manifest.name, manifest.threshold, manifest.seed) == ("small", 0.5, 3)
    assert manifest.probe == [0.5, 0.25, 0.25]
    optional = ("data", "seed", "settings", "metrics", "probe")
    bare = read_manifest(write(tmp_path, {k: v for k, v in GOOD.items() if k not in optional}))
    assert (bare.data, bare.seed, bare.probe) == ([], 0, [])


def test_no_folder_and_no_manifest(tmp_path):
    assert error_of(tmp_path / "none").what == "no such model folder"
    error = error_of(tmp_path)
    assert error.what.startswith("no readable manifest.json")
    assert "misplaced train" in str(error)


@pytest.mark.parametrize("content", ["", "{", "\ud800".encode("utf-8", "surrogatepass"), "[" * 200_000])
def test_a_manifest_that_is_no_json(tmp_path, content):
    path = tmp_path / "manifest.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    error = error_of(tmp_path)
    assert error.what.startswith("manifest.json is damaged")
    assert "install the package again" in str(error)


@pytest.mark.parametrize(
    ("version", "hint"),
    [
        (FORMAT_VERSION + 1, "upgrade misplaced"),
        (0, "train the model again"),
        (None, "train"),
        ("x", "train"),
    ],
)
def test_another_format_version_says_which_way_to_go(tmp_path, version, hint):
    error = error_of(write(tmp_path, {**GOOD, "format_version": version}))
    assert f"format version {version}, this program reads {FORMAT_VERSION}" in error.what
    assert error.hint.startswith(hint)


def test_a_manifest_that_is_no_object(tmp_path):
    assert "format version None" in error_of(write(tmp_path, "[1]")).what


@pytest.mark.parametrize("field", ["name", "version", "created", "threshold", "encoder", "files", "packages"])
def test_a_field_that_is_missing_is_named(tmp_path, field):
    found = {k: v for k, v in GOOD.items() if k != field}
    assert error_of(write(tmp_path, found)).what == f"manifest.json lacks '{field}'"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 1),
        ("threshold", "0.5"),
        ("threshold", 0),
        ("threshold", 1.5),
        ("threshold", True),
        ("threshold", float("nan")),
        ("encoder", "onnx"),
        ("files", ["encoder.onnx"]),
        ("files", {"encoder.onnx": 3}),
        ("packages", {"numpy": 2}),
        ("data", [1]),
        ("seed", "x"),
        ("probe", ["a"]),
        ("statements", ["title"]),
    ],
)
def test_a_field_of_another_type_is_named(tmp_path, field, value):
    assert error_of(write(tmp_path, {**GOOD, field: value})).what.startswith(f"'{field}' in manifest.json")


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/b", "..", "", "a\0b"])
def test_names_outside_the_folder_are_not_opened(tmp_path, name):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    files = {name: file_digest(tmp_path / "secret")}
    assert "outside the folder" in error_of(write(folder, {**GOOD, "files": files})).what


def test_files_are_compared_with_their_digests(tmp_path):
    path = tmp_path / "terms.npy"
    path.write_bytes(b"words")
    write(tmp_path, {**GOOD, "files": {"terms.npy": file_digest(path)}})
    verify(tmp_path, read_manifest(tmp_path))
    path.write_bytes(b"sword")
    assert error_of(tmp_path).what.startswith("terms.npy is not the file that the manifest describes")
    path.unlink()
    assert error_of(tmp_path).what.startswith("terms.npy cannot be read")


def test_python_files_and_the_manifest_itself_are_not_listed(tmp_path):
    for name in ("b", "a.npy", "__init__.py", "manifest.json"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder").mkdir()
    assert [p.name for p in files_of(tmp_path)] == ["a.npy", "b"]
