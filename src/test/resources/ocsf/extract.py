#!/usr/bin/env python3
"""Extracts the facts of the OCSF schema that Rekey's events are checked against.

Usage, in a clone of https://github.com/ocsf/ocsf-schema:
  git checkout 1.3.0 && python3 extract.py . > ocsf-1.3.0.json

Copies the files of the API Activity class, of the objects below, and of all that these extend or include, and from the
dictionary the attributes that they name and all types. Leaves out texts and references. Changes nothing else.
"""

import json
import pathlib
import subprocess
import sys

OBJECTS = ["actor", "api", "group", "http_request", "metadata", "network_endpoint", "object", "product", "request",
           "resource_details", "service", "user"]
TEXTS = {"description", "group", "observable", "references", "suppress_checks", "type_name"}

root = pathlib.Path(sys.argv[1])
files = {}


def read(path):
    return json.loads((root / path).read_text(encoding="utf-8"))


def bare(node, is_names=False):
    """Without texts. The keys of attributes, of enumerations and of types are names, not texts."""
    if not isinstance(node, dict):
        return node
    return {
        key: bare(value, key in ("attributes", "enum") and not is_names)
        for key, value in node.items()
        if is_names or key not in TEXTS
    }


def find(folder, name):
    """The file that defines a class or object, whatever it is called."""
    return next(
        path for path in sorted((root / folder).rglob("*.json")) if json.loads(path.read_text("utf-8"))["name"] == name)


def add(folder, name):
    path = find(folder, name)
    add_file(str(path.relative_to(root)), folder)


def add_file(path, folder):
    if path in files:
        return
    node = read(path)
    files[path] = bare(node)
    if "extends" in node:
        add(folder, node["extends"])
    includes = node.get("attributes", {}).get("$include", [])
    for include in [includes] if isinstance(includes, str) else includes:
        add_file(include, folder)


add("events", "api_activity")
for each in OBJECTS:
    add("objects", each)
names = {name for node in files.values() for name in node.get("attributes", {}) if name != "$include"}
dictionary = read("dictionary.json")
result = {
    "source": "https://github.com/ocsf/ocsf-schema",
    "license": "Apache-2.0",
    "commit": subprocess.check_output(["git", "-C", root, "rev-parse", "HEAD"], text=True).strip(),
    "version": read("version.json")["version"],
    "categories": bare(read("categories.json"))["attributes"],
    "types": bare(dictionary["types"])["attributes"],
    "dictionary": {name: bare(value) for name, value in sorted(dictionary["attributes"].items()) if name in names},
    "files": dict(sorted(files.items())),
}


def line(key, value):
    return f"  {json.dumps(key)}: {json.dumps(value)}"


def lines(key, value):
    inner = ",\n".join("  " + line(name, each) for name, each in value.items())
    return f"  {json.dumps(key)}: {{\n{inner}\n  }}"


print("{\n" + ",\n".join(
    lines(key, value) if isinstance(value, dict) else line(key, value) for key, value in result.items()) + "\n}")
