//! Sets of plan items, and what tables hold of them by the column of their codes.

/// Plan items that rows are loaded of.
pub enum ItemSet {
    /// All of a plan. No list of codes goes to the database: such a statement is prepared anew each time.
    OfPlan(String),
    /// Those with these codes.
    These(Vec<String>),
}

/// Loads what a query selects of some plan items, by the column that holds their codes.
macro_rules! load_of_items {
    ($conn:expr, $query:expr, $column:expr, $items:expr) => {
        match $items {
            $crate::db::item_set::ItemSet::OfPlan(plan) => {
                use $crate::db::schema::plan_items;
                let codes = plan_items::table.filter(plan_items::plan.eq(plan)).select(plan_items::code);
                $crate::db::dialect::on_each!($conn, conn => $query.filter($column.eq_any(codes)).load(conn))
            }
            $crate::db::item_set::ItemSet::These(codes) => {
                $query.filter($column.eq_any(codes.clone())).load($conn)
            }
        }
    };
}
pub(crate) use load_of_items;
