//! Between rows and files: what people hand in, and what they take away. Knows nothing of HTTP.

pub mod drafts;
pub mod seed;
pub mod stored;
pub mod submissions;
pub mod table;
