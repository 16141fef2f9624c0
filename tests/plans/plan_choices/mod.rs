//! What the planner prefers, on small histories with one point each.

mod kept;
mod landing;
mod results;
mod summaries;
mod work;

use token_headroom::Policy;

use crate::planning::frugal;

fn no_cut() -> Policy {
    Policy {
        cut: false,
        ..frugal()
    }
}
