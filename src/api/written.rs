//! Where answers begin and end in what the server writes on a connection. It goes by the length that each head
//! states and by how many answers the application gave, never by what an answer contains.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use memchr::memmem;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Where the status stands in a head, behind `HTTP/1.1 `.
const STATUS: usize = 9;

/// The status of what is said before an answer, such as 100 Continue, begins so.
const INTERIM: u8 = b'1';

/// The answers that the application has given on a connection and that are not yet written: of each whether
/// its head alone is sent.
#[derive(Debug, Clone, Default)]
pub struct Given(Rc<RefCell<VecDeque<bool>>>);

impl Given {
    /// Notes the next answer; before it is written.
    pub fn add(&self, head_only: bool) {
        self.0.borrow_mut().push_back(head_only);
    }
}

/// How far the answers of a connection are written.
#[derive(Debug, Default)]
pub struct Written {
    given: Given,
    place: Place,
}

#[derive(Debug, Clone, Default)]
enum Place {
    /// An answer has ended.
    #[default]
    Between,
    /// In a head, of which so much is there.
    Head(Vec<u8>),
    /// So many bytes are left of a body, or of one of its chunks with its line end.
    Body { left: u64, chunked: bool },
    /// In the line before a chunk, of which so much is there.
    Size(Vec<u8>),
    /// In a body that ends with the connection.
    Rest,
}

impl Written {
    /// The answers that are to be told of.
    pub fn given(&self) -> Given {
        self.given.clone()
    }

    /// Looks at what is to be written next; a head that no answer of the application has is found whole, because the
    /// server hands out none in part.
    pub fn look(&self, bytes: &[u8]) -> Ahead {
        let given = self.given.0.borrow();
        let (mut place, mut answers) = (self.place.clone(), 0);
        let foreign = walk(&mut place, (&given, &mut answers), bytes);
        Ahead { place, answers, foreign }
    }

    /// Goes on to where all that was looked at has been written.
    pub fn advance(&mut self, ahead: Ahead) {
        self.given.0.borrow_mut().drain(..ahead.answers);
        self.place = ahead.place;
    }
}

/// Where what is to be written next leads to.
#[derive(Debug)]
pub struct Ahead {
    place: Place,
    /// How many answers begin in it.
    answers: usize,
    /// Where a head begins in it that no answer of the application has.
    pub foreign: Option<usize>,
}

/// Goes over bytes, up to a head that no answer given has. `answers` of those given have begun.
fn walk(place: &mut Place, (given, answers): (&VecDeque<bool>, &mut usize), bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (next, taken) = match std::mem::take(place) {
            Place::Between => {
                let of_an_answer = |status: &u8| *status != INTERIM;
                if *answers == given.len() && rest.get(STATUS).is_some_and(of_an_answer) {
                    return Some(at);
                }
                (Place::Head(Vec::new()), 0)
            }
            Place::Head(mut head) => match taken_up_to(&mut head, rest, END_OF_HEAD) {
                (taken, true) if head.get(STATUS) == Some(&INTERIM) => (Place::Between, taken),
                (taken, true) => {
                    let head_only = given.get(*answers).copied().unwrap_or_default();
                    *answers += 1;
                    (after(&head, head_only), taken)
                }
                (taken, false) => (Place::Head(head), taken),
            },
            Place::Size(mut line) => match taken_up_to(&mut line, rest, b"\r\n") {
                (taken, true) => (chunk(&line), taken),
                (taken, false) => (Place::Size(line), taken),
            },
            Place::Body { left, chunked } => {
                let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let next = match (left - taken as u64, chunked) {
                    (0, true) => Place::Size(Vec::new()),
                    (0, false) => Place::Between,
                    (left, chunked) => Place::Body { left, chunked },
                };
                (next, taken)
            }
            Place::Rest => (Place::Rest, rest.len()),
        };
        *place = next;
        at += taken;
    }
    None
}

/// Adds to what is there up to and with an end, and says how much that took and whether the end is reached.
fn taken_up_to(so_far: &mut Vec<u8>, rest: &[u8], end: &[u8]) -> (usize, bool) {
    if so_far.is_empty()
        && let Some(found) = memmem::find(rest, end)
    {
        so_far.extend_from_slice(&rest[..found + end.len()]);
        return (so_far.len(), true);
    }
    // The end may have begun in what was there.
    for (at, byte) in rest.iter().enumerate() {
        so_far.push(*byte);
        if so_far.ends_with(end) {
            return (at + 1, true);
        }
    }
    (rest.len(), false)
}

/// What follows a head (RFC 9112, section 6.3).
fn after(head: &[u8], head_only: bool) -> Place {
    let status = head.get(STATUS..STATUS + 3).unwrap_or_default();
    if head_only || status == b"204" || status == b"304" {
        return Place::Between;
    }
    let field = |name: &str| {
        head.split(|byte| *byte == b'\n').find_map(|line| {
            let (told, value) = line.split_at_checked(name.len())?;
            let value = told.eq_ignore_ascii_case(name.as_bytes()).then(|| value.strip_prefix(b":"))??;
            str::from_utf8(value.trim_ascii()).ok()
        })
    };
    if field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return Place::Size(Vec::new());
    }
    match field("content-length").and_then(|length| length.parse().ok()) {
        Some(0) => Place::Between,
        Some(left) => Place::Body { left, chunked: false },
        None => Place::Rest,
    }
}

/// What follows the line before a chunk (RFC 9112, section 7.1): the last is empty, and no trailers are sent.
fn chunk(line: &[u8]) -> Place {
    let size = str::from_utf8(line).ok().and_then(|line| u64::from_str_radix(line.trim_end(), 16).ok());
    match size {
        Some(size) => Place::Body { left: size + 2, chunked: size > 0 },
        None => Place::Rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: Tue, 24 Nov 2026 09:04:13 GMT\r\n\r\n";

    /// Answers, each with whether the application gave it, its head alone or all.
    fn answers() -> Vec<(Option<bool>, String)> {
        let length = REFUSAL.len();
        vec![
            (Some(false), format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{REFUSAL}")),
            (Some(false), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: content-length: 9\r\n\r\n".to_owned()),
            (
                Some(false),
                format!(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:X}\r\n{REFUSAL}\r\n0\r\n\r\n"
                ),
            ),
            (None, "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
            (Some(true), format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n")),
            (Some(false), "HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n".to_owned()),
            (Some(false), "HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
            (Some(false), REFUSAL.to_owned()),
        ]
    }

    #[test]
    fn what_answers_contain_is_never_taken_for_a_refusal() {
        let answers = answers();
        let all: String = answers.iter().map(|(_, text)| text.as_str()).collect();
        // However little the system takes at a time.
        for step in [1, 2, 3, 7, 64, all.len()] {
            let mut written = Written::default();
            answers
                .iter()
                .filter_map(|(given, _)| *given)
                .for_each(|head_only| written.given().add(head_only));
            let mut at = 0;
            while at < all.len() {
                let rest = &all.as_bytes()[at..];
                assert_eq!(written.look(rest).foreign, None, "from {at} in steps of {step}");
                let taken = step.min(rest.len());
                written.advance(written.look(&rest[..taken]));
                at += taken;
            }
            assert_eq!(written.look(REFUSAL.as_bytes()).foreign, Some(0));
            assert!(written.given.0.borrow().is_empty());
        }
    }

    #[test]
    fn what_no_answer_was_given_for_is_found_behind_the_others() {
        let mut before = String::new();
        let written = Written::default();
        for (given, text) in answers() {
            before += &text;
            given.into_iter().for_each(|head_only| written.given().add(head_only));
            assert_eq!(written.look((before.clone() + REFUSAL).as_bytes()).foreign, Some(before.len()));
        }
    }

    #[test]
    fn nothing_follows_what_ends_with_the_connection() {
        let written = Written::default();
        written.given().add(false);
        assert_eq!(written.look(format!("HTTP/1.0 200 OK\r\n\r\nx{REFUSAL}").as_bytes()).foreign, None);
    }
}
