use std::fmt::Write;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

/// The comments, and the brackets and long texts by their numbers.
fn check(syntax: Syntax, text: &str, expected: Expect) {
    let scan = scan(text.as_bytes(), syntax);
    let mut out = String::new();
    for comment in scan.comments {
        let _ = writeln!(out, "{:?}", &text[comment]);
    }
    let _ = writeln!(out, "{} brackets, {} long", scan.brackets.len(), scan.long.len());
    expected.assert_eq(&out);
}

#[test]
fn toml() {
    check(
        Syntax::Toml,
        r##"# one
[a] # two
b = "# no \" # no" # three
c = '# no \' # four
d = """
# no \"""
"""" # five
e = '''
# no''' # six
f = "open # no
g = [ # seven
  1]
"##,
        expect![[r##"
            "# one"
            "# two"
            "# three"
            "# four"
            "# five"
            "# six"
            "# seven"
            4 brackets, 2 long
        "##]],
    );
}

#[test]
fn yaml() {
    check(
        Syntax::Yaml,
        r##"# one
--- # two
key: it's # three
url: http://a#no
"quoted: # no": 'it''s # no' # four
multi: "a
  # no \" # no" # five
block: | # six
  # no

  # no
 # seven
list:
- >-
 # no
- - name: |2
      # no
    next: !Sub "# no ${A}" # eight
    flow: {a: "# no", b: [c#no, 'd # no'], "e":'f # no'} # nine
    text: a "b # ten
    anchor: &x |
     # no
    alias: *x # eleven
? # twelve
"##,
        expect![[r##"
            "# one"
            "# two"
            "# three"
            "# four"
            "# five"
            "# six"
            "# seven"
            "# eight"
            "# nine"
            "# ten"
            "# eleven"
            "# twelve"
            4 brackets, 5 long
        "##]],
    );
    check(
        Syntax::Yaml,
        "--- |\n# no\n",
        expect![[r#"
            0 brackets, 1 long
        "#]],
    );
}

#[test]
fn hcl() {
    check(
        Syntax::Hcl,
        r##"# one
resource "a" "b" { // two
  c = "# no ${f("# no", { d = "}" })} // no" # three
  d = "$${ # no" /* four
  */
  e = <<-EOT
    # no ${a}
    EOTX
    EOT
  f = a < b # five
  g = "open # no
  h = "%{ if a }# no%{ endif }" # six
  i = "${ # seven
    j }" # eight
}
"##,
        expect![[r##"
            "# one"
            "// two"
            "# three"
            "/* four\n  */"
            "# five"
            "# six"
            "# seven"
            "# eight"
            2 brackets, 2 long
        "##]],
    );
}

#[test]
fn jsonc() {
    check(
        Syntax::Jsonc,
        r##"// one
{"a": "// no \" /* no", /* two */ "b": [1, // three
2], "c": "open // no
"d": 4 / 2} /* four"##,
        expect![[r##"
            "// one"
            "/* two */"
            "// three"
            "/* four"
            4 brackets, 0 long
        "##]],
    );
    let text = "{\"a\": /* \u{e4}\n */ 1} // b\r\n";
    let json = blank(text.as_bytes());
    assert_eq!(String::from_utf8(json).unwrap(), "{\"a\":      \n    1}     \r\n");
}

/// A piece of a file: text with the marks of comments in it, or a comment.
#[derive(Clone, Debug)]
enum Piece {
    Text(&'static str),
    Comment(String),
}

/// Whole lines that contain no comments, however they look.
fn texts(syntax: Syntax) -> &'static [&'static str] {
    match syntax {
        Syntax::Toml => &[
            "a = \"# \\\" # \\\\\"",
            "b = '#\\'",
            "c = \"\"\"\n# \"\" \\\"\"\"\n\"\"\"",
            "d = '''\n#'\n''#'''",
            "[[a.\"#\"]]",
            "e = [1,",
            "]",
            "",
        ],
        Syntax::Yaml => &[
            "a: \"# \\\" # \\\\\"",
            "b: 'it''s # '",
            "c: a#b'",
            "- d: |\n    # '\n\n    #\"",
            "- e: it's",
            "f: {\"a\":\"# \", b: '# '}",
            "g: !Sub \"# ${A}\"",
            "h: \"a\n# b\"",
            "- >-\n # \"",
            "",
        ],
        Syntax::Hcl => &[
            "a = \"# \\\" // /* ${b(\"#\")}\"",
            "c = <<EOT\n# \" /*\nEOT",
            "d = <<-EOT\n  // ${\"\n  EOT",
            "e {",
            "}",
            "f = a / b * c",
            "g = \"$${ # \"",
            "",
        ],
        Syntax::Jsonc => &["{\"a\": \"// /* \\\" \\\\\"}", "[1 / 2 * 3", "], \"*/\"", ""],
    }
}

fn comments(syntax: Syntax) -> &'static [&'static str] {
    match syntax {
        Syntax::Toml | Syntax::Yaml => &["# a", "#", "# \"", "# '''|", "## {[("],
        Syntax::Hcl => &["# a", "// \"", "/* a \n ${ # // \" */", "/**/", "# <<EOT"],
        Syntax::Jsonc => &["// a", "// \"", "/* a \n // \" */", "/**/", "// /*"],
    }
}

/// Lines of text and comments: a comment has a line of its own or follows a text.
fn pieces(syntax: Syntax) -> impl Strategy<Value = Vec<Piece>> {
    let text = prop::sample::select(texts(syntax)).prop_map(Piece::Text);
    let comment = (prop::sample::select(comments(syntax)), "[ a-z]{0,3}").prop_map(|(comment, more)| {
        let is_line = !comment.ends_with("*/");
        let more = if is_line { more } else { String::new() };
        Piece::Comment(format!("{comment}{more}").trim_end().to_owned())
    });
    prop::collection::vec(prop_oneof![text, comment], 0..12)
}

/// The text, and where its comments are.
fn assemble(pieces: &[Piece]) -> (String, Vec<Range<usize>>) {
    let (mut text, mut comments) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Text(line) => text.push_str(line),
            Piece::Comment(comment) => {
                // A block scalar would contain it.
                text.push_str("x = 1 ");
                comments.push(text.len()..text.len() + comment.len());
                text.push_str(comment);
            }
        }
        text.push('\n');
    }
    (text, comments)
}

fn any_syntax() -> impl Strategy<Value = Syntax> {
    prop::sample::select(&[Syntax::Toml, Syntax::Yaml, Syntax::Hcl, Syntax::Jsonc][..])
}

proptest! {
    #[test]
    fn all_comments_and_nothing_else_are_found(
        (syntax, pieces) in any_syntax().prop_flat_map(|syntax| (Just(syntax), pieces(syntax)))
    ) {
        let (text, expected) = assemble(&pieces);
        prop_assert_eq!(scan(text.as_bytes(), syntax).comments, expected, "{}", text);
    }

    #[test]
    fn any_text_has_ordered_comments(
        syntax in any_syntax(),
        text in prop::collection::vec(prop::sample::select(&b"#/*\"'\\${}[]|>-: \na<E\xc3"[..]), 0..200),
    ) {
        let scan = scan(&text, syntax);
        let mut end = 0;
        for comment in &scan.comments {
            prop_assert!(comment.start >= end && comment.start < comment.end && comment.end <= text.len());
            end = comment.end;
        }
        prop_assert!(scan.brackets.is_sorted_by_key(|(at, _)| *at));
        prop_assert!(scan.long.iter().all(|long| text[long.clone()].contains(&b'\n')));
    }

    #[test]
    fn json_with_comments_is_json(
        (value, gaps) in (prop::collection::vec("[\"/*# a]{0,6}", 0..4), prop::collection::vec(prop::sample::select(&["", " ", "/* \" */", "// ]\n", "\n/**/"][..]), 24))
    ) {
        let json = serde_json::to_string(&value).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut gaps = gaps.into_iter();
        let mut text = String::new();
        for part in value.iter().map(|text| serde_json::to_string(text).unwrap()) {
            text.push_str(if text.is_empty() { "" } else { "," });
            text.push_str(gaps.next().unwrap_or_default());
            text.push_str(&part);
            text.push_str(gaps.next().unwrap_or_default());
        }
        let text = format!("[{text}]{}", gaps.next().unwrap_or_default());
        let plain = blank(text.as_bytes());
        prop_assert_eq!(plain.len(), text.len());
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&plain).unwrap(), expected, "{}", text);
    }
}
