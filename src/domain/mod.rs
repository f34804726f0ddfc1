//! Values with rules: what they are, how they are read and written. No input or output, no database,
//! no HTTP; imports nothing of the crate but its error.

pub mod access;
pub mod area_code;
pub mod bulletin;
pub mod code;
pub mod codes;
pub mod decimal;
pub mod derived;
pub mod fold;
pub mod goal;
pub mod hash;
pub mod id;
pub mod instant;
pub mod item_state;
pub mod life;
pub mod light;
mod numeral;
pub mod partial_date;
pub mod period;
pub mod period_before;
pub mod plausibility;
pub mod project_tally;
pub mod prose;
pub mod quantity;
pub mod ranking;
pub mod rollup;
pub mod stage;
pub mod submission;
pub mod tally;
pub mod text;
pub mod token;
pub mod transition;
pub mod unit;
pub mod when;
mod width;
pub mod words;
pub mod zone;
