//! Which metrics words can be a figure of.

/// What kind of figure the words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// How much there is; also a share.
    Level,
    /// By how much it has changed: 增长12%. Only a rate can be that.
    Change,
    /// Which place it takes: 第4位. Only a metric of ranks can be that.
    Rank,
}
