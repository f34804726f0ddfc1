//! Bulletins 通报: what stands in them, kept as JSON for ever (`content.rs`), and how it is printed: first
//! into lines and tables (`print.rs`), then as a page of HTML or as a workbook. What is printed depends on
//! the stored bulletin alone.

pub mod content;
pub mod html;
pub mod issue;
pub mod print;
pub mod workbook;
