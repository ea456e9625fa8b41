//! Rows held until a transaction ends.

use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, QuerySelect, Select};

/// Of a query: holds what it finds.
pub(super) trait Held {
    /// Nobody else holds or changes the rows before the transaction ends. Rows that point to them may still be added: two who
    /// have each added one and then hold what both point to would otherwise wait for each other.
    fn held(self) -> Self;
}

impl<E: EntityTrait> Held for Select<E> {
    fn held(self) -> Self {
        self.lock(LockType::NoKeyUpdate)
    }
}
