#!/usr/bin/env python3
"""Writes the raw declarations of the crate modelstore-sys from the C header.

generate_sys.py [--check]

With --check nothing is written, and the exit code is 1 if the files in the tree are not those of the header.
"""

import argparse
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = os.path.join(HERE, "..", "..", "include", "modelstore.h")
BINDINGS = os.path.join(HERE, "modelstore-sys", "src", "bindings.rs")
LAYOUT = os.path.join(HERE, "modelstore-sys", "tests", "layout", "declared.rs")

TYPES = {"uint64_t": "u64", "int64_t": "i64", "uint32_t": "u32", "int32_t": "i32", "uint8_t": "u8", "double": "f64",
         "char": "c_char", "int": "c_int", "void": "c_void"}
KEYWORDS = {"type": "type_"}

ITEM = re.compile(
    r"""
    (?P<comment> /\*.*?\*/ )
  | typedef\s+struct\s+(?P<opaque>\w+)\s+(?P=opaque); | typedef\s+struct\s+(?P<struct>\w+)\s*\{(?P<members>.*?)\}\s*(?P=struct);
  | typedef\s+(?P<result>[\w\s*]+?)\s*\(\*(?P<callback>\w+)\)\((?P<takes>.*?)\); | typedef\s+(?P<target>\w+)\s+(?P<alias>\w+);
  | enum\s*\{(?P<enumerators>.*?)\}; | MODELSTORE_API\s+(?P<returns>[\w\s*]+?)\s*(?P<function>\w+)\((?P<parameters>.*?)\);
  | \#ifdef\s+__cplusplus.*?\#endif | \#define\s+(?P<init>\w+)_INIT\s[\s\\]*MODELSTORE_INIT\(\w+\) | \#define\s+(?P<constant>\w+)\s+(?P<number>\d+)
  | static\s+inline\s.*?\n\} | (?P<gap>\n\s*\n) | \s+ | \#[^\n]* | extern\s+"C"\s*\{ | \}
    """,
    re.VERBOSE | re.DOTALL)
MEMBER = re.compile(r"([^;{}]+);[ \t]*(/\*.*?\*/)?", re.DOTALL)
ENUMERATOR = re.compile(r"(\w+)\s*=\s*(-?\d+)\s*,?[ \t]*(/\*.*?\*/)?", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class HeaderError(Exception):
    """Something that the header has not had so far."""


def rust_type(text):
    """`const modelstore_text*` as Rust says it."""
    text = " ".join(text.replace("*", " * ").split())
    match = re.fullmatch(r"(const )?(\w+)((?: \*)*)", text)
    if not match:
        raise HeaderError(f"not a type: {text}")
    constant, name, stars = match.groups()
    rust = TYPES.get(name, name)
    for level in range(stars.count("*")):
        rust = f"*{'const' if constant and level == 0 else 'mut'} {rust}"
    return rust


def rust_name(name):
    return KEYWORDS.get(name, name)


def declarator(text):
    """The name and the type of a member or parameter."""
    text = " ".join(text.split())
    function = re.fullmatch(r"([\w *]+?)\s*\(\*(\w+)\)\((.*)\)", text)
    if function:
        return function.group(2), function_type(function.group(1), function.group(3), optional=False)
    array = re.fullmatch(r"(.*?)(\w+)\[(\d+)\]", text)
    if array:
        return array.group(2), f"[{rust_type(array.group(1))}; {array.group(3)}]"
    plain = re.fullmatch(r"(.*?)(\w+)", text)
    return plain.group(2), rust_type(plain.group(1))


def parameters(text):
    """A list of parameters, where commas stand in parameters that are functions too."""
    if text.strip() == "void":
        return []
    found, depth, begin = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append(text[begin:position])
            begin = position + 1
    found.append(text[begin:])
    pairs = [declarator(parameter) for parameter in found]
    # An array as a parameter is a pointer to its first element.
    return [(name, re.sub(r"^\[(.*); \d+\]$", r"*mut \1", kind)) for name, kind in pairs]


def arrow(returns):
    returns = returns.strip()
    return "" if returns == "void" else f" -> {rust_type(returns)}"


def function_type(returns, takes, optional):
    arguments = ", ".join(f"{rust_name(name)}: {kind}" for name, kind in parameters(takes))
    kind = f'unsafe extern "C" fn({arguments}){arrow(returns)}'
    return f"Option<{kind}>" if optional else kind


def doc(comment, indent=""):
    if not comment:
        return []
    lines = comment[2:-2].strip().split("\n")
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in lines]
    return [f"{indent}/// {line}".rstrip() for line in lines]


class Bindings:
    def __init__(self):
        self.items = []
        self.functions = []
        self.structs = []
        self.constants = []
        self.alias = "i32"

    def add(self, *lines):
        self.items += [*lines, ""]

    def add_struct(self, name, body, comment):
        members = [(*declarator(text), note) for text, note in MEMBER.findall(body)]
        self.structs.append((name, [member for member, _, _ in members]))
        fields = []
        for member, kind, note in members:
            fields += doc(note, "    ") + [f"    pub {rust_name(member)}: {kind},"]
        self.add(*doc(comment), "#[repr(C)]", "#[derive(Debug, Clone, Copy)]", f"pub struct {name} {{", *fields, "}")

    def add_enumerators(self, body, comment):
        lines = doc(comment)
        for name, number, note in ENUMERATOR.findall(body):
            self.constants.append(name)
            lines += doc(note) + [f"pub const {name}: {self.alias} = {number};"]
        self.add(*lines)

    def add_function(self, name, returns, takes, comment):
        indent = "    "
        arguments = [f"{indent * 2}{rust_name(parameter)}: {kind}," for parameter, kind in parameters(takes)]
        head = f"{indent}pub fn {name}("
        signature = [head, *arguments, f"{indent}){arrow(returns)};"] if arguments else \
            [f"{head}){arrow(returns)};"]
        self.functions += [*doc(comment, indent), *signature, ""]

    def add_init(self, constant):
        name = constant.lower()
        self.add(f"impl {name} {{", f"    /// As {constant}_INIT: all members have their defaults.",
                 "    pub fn init() -> Self {",
                 "        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.",
                 "        let mut options: Self = unsafe { core::mem::zeroed() };",
                 "        options.struct_size = core::mem::size_of::<Self>() as u32;", "        options", "    }", "}")

    def read(self, header):
        position, comment = 0, ""
        while position < len(header):
            match = ITEM.match(header, position)
            if not match:
                raise HeaderError(f"not understood: {header[position:position + 80]!r}")
            position = match.end()
            found = match.groupdict()
            if found["comment"]:
                comment = found["comment"]
                continue
            if match.group().strip() or found["gap"]:
                self.add_item(found, comment)
                comment = ""

    def add_item(self, found, comment):
        plain = {key: COMMENT.sub("", found[key] or "") for key in ("takes", "parameters")}
        if found["opaque"]:
            self.add(*doc(comment), "#[repr(C)]", f"pub struct {found['opaque']} {{", "    _opaque: [u8; 0],",
                     "    _not_send: core::marker::PhantomData<*mut u8>,", "}")
        elif found["struct"]:
            self.add_struct(found["struct"], found["members"], comment)
        elif found["callback"]:
            kind = function_type(found["result"], plain["takes"], optional=True)
            self.add(*doc(comment), f"pub type {found['callback']} = {kind};")
        elif found["alias"]:
            self.alias = found["alias"]
            self.add(*doc(comment), f"pub type {found['alias']} = {rust_type(found['target'])};")
        elif found["enumerators"]:
            self.add_enumerators(found["enumerators"], comment)
        elif found["function"]:
            self.add_function(found["function"], found["returns"], plain["parameters"], comment)
        elif found["init"]:
            self.add_init(found["init"])
        elif found["constant"]:
            self.constants.append(found["constant"])
            self.add(f"pub const {found['constant']}: i32 = {found['number']};")

    def bindings(self):
        return "\n".join([
            "// Made from modelstore.h by generate_sys.py; do not edit.", "",
            "use std::os::raw::{c_char, c_int, c_void};", "",
            *self.items, 'extern "C" {', *self.functions[:-1], "}", ""])

    def layout(self):
        lines = ["// Made from modelstore.h by generate_sys.py; do not edit.", "", "structs! {"]
        for name, members in self.structs:
            lines += [f"    {name} {{", *[f'        {rust_name(member)} "{member}",' for member in members], "    }"]
        return "\n".join([*lines, "}", "", "constants! {", *[f"    {name}," for name in self.constants], "}", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    with open(HEADER, encoding="utf-8") as file:
        header = file.read()
    bindings = Bindings()
    bindings.read(header[header.index("#endif\n\n/* The version of these"):])
    stale = False
    for path, text in ((BINDINGS, bindings.bindings()), (LAYOUT, bindings.layout())):
        if check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    print(f"{os.path.relpath(path, HERE)} is not that of modelstore.h: run generate_sys.py")
                    stale = True
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
