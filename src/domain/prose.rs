//! The text of a report: its paragraphs, and where words stand in it. Characters are Unicode code points
//! of the whole text with LF line ends, from 0; paragraphs are its lines that hold more than white space,
//! from 1.

/// A stretch of a text, inside of one paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Number of the paragraph.
    pub paragraph: i64,
    /// First character.
    pub start: i64,
    /// The character after the last.
    pub end: i64,
}

/// One paragraph of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph<'a> {
    /// Where it stands.
    pub span: Span,
    /// Its line.
    pub text: &'a str,
}

impl<'a> Paragraph<'a> {
    /// Wherever these words stand in the paragraph, in its order.
    pub fn find(&self, words: &'a str) -> impl Iterator<Item = Span> + use<'a> {
        let (Span { paragraph, start, .. }, text) = (self.span, self.text);
        let length = length(words);
        let starts = (start..).zip(text.char_indices());
        let here = starts.filter(move |(_, (at, _))| !words.is_empty() && text[*at..].starts_with(words));
        here.map(move |(start, _)| Span { paragraph, start, end: start + length })
    }
}

/// The paragraphs of a text, in its order.
pub fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut found = Vec::new();
    let (mut paragraph, mut start) = (0, 0);
    for line in text.split('\n') {
        let end = start + length(line);
        if !line.trim().is_empty() {
            paragraph += 1;
            found.push(Paragraph { span: Span { paragraph, start, end }, text: line });
        }
        start = end + 1;
    }
    found
}

/// Whether exactly these words stand there.
pub fn holds(paragraphs: &[Paragraph<'_>], span: Span, words: &str) -> bool {
    let paragraph = paragraphs.iter().find(|paragraph| paragraph.span.paragraph == span.paragraph);
    paragraph.is_some_and(|paragraph| paragraph.find(words).any(|found| found == span))
}

/// How many characters a text has.
pub fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_the_lines_with_something_in_them() {
        let found = paragraphs("题\n\n\u{a0}\n第一段。\n第二段\n");
        let places: Vec<_> =
            found.iter().map(|p| (p.span.paragraph, p.span.start, p.span.end, p.text)).collect();
        assert_eq!(places, [(1, 0, 1, "题"), (2, 5, 9, "第一段。"), (3, 10, 13, "第二段")]);
    }

    #[test]
    fn words_are_found_wherever_they_stand_but_not_across_paragraphs() {
        let text = paragraphs("𠀀一二一\n\n一一一\n");
        let find = |words| {
            let found = text.iter().flat_map(|paragraph| paragraph.find(words));
            found.map(|span| (span.paragraph, span.start, span.end)).collect::<Vec<_>>()
        };
        assert_eq!(find("二一"), [(1, 2, 4)]);
        assert_eq!(find("一一"), [(2, 6, 8), (2, 7, 9)]);
        assert_eq!(find("一\n"), []);
        assert_eq!(find(""), []);
    }

    #[test]
    fn words_hold_at_their_own_place_only() {
        let text = paragraphs("一二\n三四");
        let at = |paragraph, start, end| holds(&text, Span { paragraph, start, end }, "三");
        assert!(at(2, 3, 4));
        assert!(!at(1, 3, 4) && !at(2, 4, 5) && !at(2, 3, 5) && !at(3, 3, 4) && !at(0, 3, 4));
    }
}
