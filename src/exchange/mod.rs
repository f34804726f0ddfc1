//! Between rows and files: what people hand in, and what they take away. Knows nothing of HTTP.

pub mod attachments;
pub mod bulletins;
pub mod cells;
pub mod cube;
pub mod drafts;
pub mod generate;
pub mod json_stat;
pub mod moves;
pub mod oc4ids;
pub mod reading;
pub mod references;
pub mod sdmx_csv;
pub mod seed;
pub mod stored;
pub mod submissions;
pub mod table;
pub mod workbook;
pub mod writer;
