//! Where engagements stand, for lists: rows that are made anew from other rows, and the portfolio over them.

use super::reach;
use super::scope::{BuyerScope, SystemScope};
use domain::ids::{EngagementId, OrganisationId, VendorId};
use entity::{decision, engagement, engagement_standing, finding, vendor};
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Func, LikeExpr, OnConflict, Query, SelectStatement, WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Value,
};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Standings that one statement writes.
const TOGETHER: usize = 250;

/// Writes standings, in place of those that were there.
pub async fn write(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    rows: Vec<engagement_standing::ActiveModel>,
) -> Result<(), DbErr> {
    use engagement_standing::Column;
    let others = Column::iter().filter(|column| !matches!(column, Column::OrganisationId | Column::EngagementId));
    let key = [Column::OrganisationId, Column::EngagementId];
    let replaced = OnConflict::columns(key).update_columns(others).to_owned();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(TOGETHER).collect();
        engagement_standing::Entity::insert_many(some).on_conflict(replaced.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The standings of these engagements.
pub async fn of_engagements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<engagement_standing::Model>, DbErr> {
    within(scope).filter(engagement_standing::Column::EngagementId.is_in(engagements.iter().copied())).all(db).await
}

/// The standings of these vendors' engagements.
pub async fn of_vendors(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<Vec<engagement_standing::Model>, DbErr> {
    within(scope)
        .filter(engagement_standing::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .order_by_asc(engagement_standing::Column::EngagementId)
        .all(db)
        .await
}

fn within(scope: BuyerScope) -> Select<engagement_standing::Entity> {
    engagement_standing::Entity::find()
        .filter(engagement_standing::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(engagement_standing::Column::EngagementId.in_subquery(ids))
        })
}

/// Says of an engagement what overtook its decision: the names of kinds, with commas between them; empty where it stands.
pub async fn mark_overtaken(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
    overtaken_by: &str,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    engagement_standing::Entity::update_many()
        .col_expr(engagement_standing::Column::OvertakenBy, Expr::value(overtaken_by))
        .col_expr(engagement_standing::Column::ChangedAt, Expr::value(now))
        .filter(engagement_standing::Column::EngagementId.eq(engagement.0))
        .filter(engagement_standing::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Engagements with a decision whose standing was last looked at before a moment, of all organisations.
pub async fn decided_before(
    db: &impl ConnectionTrait,
    _: SystemScope,
    moment: OffsetDateTime,
    limit: u64,
) -> Result<Vec<(OrganisationId, EngagementId)>, DbErr> {
    let rows: Vec<(Uuid, Uuid)> = engagement_standing::Entity::find()
        .select_only()
        .columns([engagement_standing::Column::OrganisationId, engagement_standing::Column::EngagementId])
        .filter(engagement_standing::Column::DecisionId.is_not_null())
        .filter(engagement_standing::Column::ChangedAt.lt(moment))
        .order_by_asc(engagement_standing::Column::EngagementId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(own, id)| (OrganisationId(own), EngagementId(id))).collect())
}

/// Engagements of all organisations after an id; with `rules`, only those without a standing that was made by this version of
/// the rules of the EU AI Act.
pub async fn scan(
    db: &impl ConnectionTrait,
    _: SystemScope,
    after: Option<EngagementId>,
    rules: Option<i64>,
    limit: u64,
) -> Result<Vec<engagement::Model>, DbErr> {
    let there = rules.map(|rules| {
        engagement_standing::Entity::find()
            .select_only()
            .column(engagement_standing::Column::EngagementId)
            .filter(engagement_standing::Column::TierRules.eq(rules))
            .into_query()
    });
    engagement::Entity::find()
        .apply_if(after, |query, id| query.filter(engagement::Column::Id.gt(id.0)))
        .apply_if(there, |query, there| query.filter(engagement::Column::Id.not_in_subquery(there)))
        .order_by_asc(engagement::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many findings of these engagements are in each state and weigh so much.
pub async fn finding_counts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<Vec<(Uuid, String, String, i64)>, DbErr> {
    finding::Entity::find()
        .select_only()
        .columns([finding::Column::EngagementId, finding::Column::State, finding::Column::Severity])
        .column_as(finding::Column::Id.count(), "n")
        .filter(finding::Column::OrganisationId.eq(scope.organisation().0))
        .filter(finding::Column::EngagementId.is_in(engagements.iter().copied()))
        .group_by(finding::Column::EngagementId)
        .group_by(finding::Column::State)
        .group_by(finding::Column::Severity)
        .into_tuple()
        .all(db)
        .await
}

/// A decision without its record.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Decided {
    /// Its id.
    pub id: Uuid,
    /// On what.
    pub engagement_id: Uuid,
    /// What.
    pub kind: String,
    /// When to look again.
    pub next_review_on: Option<Date>,
}

/// By engagement: its newest decision.
pub async fn newest_decisions(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<HashMap<Uuid, Decided>, DbErr> {
    let rows: Vec<Decided> = decision::Entity::find()
        .select_only()
        .columns([
            decision::Column::Id,
            decision::Column::EngagementId,
            decision::Column::Kind,
            decision::Column::NextReviewOn,
        ])
        .filter(decision::Column::OrganisationId.eq(scope.organisation().0))
        .filter(decision::Column::EngagementId.is_in(engagements.iter().copied()))
        .order_by_asc(decision::Column::Number)
        .into_model()
        .all(db)
        .await?;
    // The newest comes last and stays.
    Ok(rows.into_iter().map(|row| (row.engagement_id, row)).collect())
}

/// What a list of vendors is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The worst rating first, and within it the largest residual risk.
    #[default]
    Rating,
    /// Most open findings first, the grave ones before all others.
    Findings,
    /// What has risen most first.
    Trend,
    /// By name.
    Name,
}

/// Which vendors of the portfolio.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Rated so; an empty text: not rated.
    pub rating: Option<String>,
    /// With this in the name, whatever the case.
    pub text: String,
}

/// A vendor over all its open engagements.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Together {
    /// The vendor.
    pub vendor_id: Uuid,
    /// Its name.
    pub name: String,
    /// The worst rating, by its place among the policy's bands from 1; 0 where nothing is rated.
    pub rank: i64,
    /// The largest residual risk; below 0 where nothing is scored.
    pub residual: f64,
    /// By how much the residual risk of the engagement that weighs most rose since the questionnaire before; below 0 where
    /// it fell, 0 where there is none before it.
    pub rise: f64,
    /// What open findings weigh together: the order of a list by findings.
    pub weight: i64,
    /// Open major nonconformities.
    pub major: i64,
    /// Open minor nonconformities.
    pub minor: i64,
    /// Open observations.
    pub observations: i64,
    /// Open engagements.
    pub engagements: i64,
    /// Of these, with a score.
    pub scored: i64,
}

/// Where a list goes on: what it is ordered by, and the vendor. A name is looked up by the vendor's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Numbers that it is ordered by, the first first.
    pub numbers: (f64, f64),
    /// The vendor's name.
    pub name: String,
    /// The vendor.
    pub vendor: VendorId,
}

impl Together {
    /// The place of a vendor in a list.
    pub fn place(&self, order: Order) -> Place {
        let numbers = match order {
            Order::Rating => (self.rank as f64, self.residual),
            Order::Findings => (self.weight as f64, 0.0),
            Order::Trend => (self.rise, 0.0),
            Order::Name => (0.0, 0.0),
        };
        Place { numbers, name: self.name.clone(), vendor: VendorId(self.vendor_id) }
    }
}

/// Weights by which open findings are put in order: no number of a milder kind outweighs one that is graver.
const MAJOR: i64 = 1_000_000_000_000;
const MINOR: i64 = 1_000_000;

/// The standings of open engagements; in an order by trend each with its place among those of its vendor: the one that weighs
/// most is the first. Finding the places takes as long again as everything else.
fn in_place(scope: BuyerScope, ratings: &[&str], order: Option<Order>) -> SelectStatement {
    use engagement_standing::Column;
    let own = |column: Column| Expr::col((engagement_standing::Entity, column));
    let columns = [
        Column::EngagementId,
        Column::VendorId,
        Column::ScoreId,
        Column::Residual,
        Column::PreviousResidual,
        Column::OpenMajor,
        Column::OpenMinor,
        Column::OpenObservations,
    ];
    // Ratings of older policies that this one does not know have no place among its own.
    let rank = (1i64..).zip(ratings).fold(CaseStatement::new(), |case, (place, rating)| {
        case.case(own(Column::Rating).eq(*rating), Expr::value(place))
    });
    let rank: Expr = rank.finally(Expr::value(0i64)).into();
    let mut query = Query::select();
    if order == Some(Order::Trend) {
        let mut heaviest = WindowStatement::partition_by((engagement_standing::Entity, Column::VendorId));
        heaviest
            .order_by_expr(rank.clone(), sea_orm::Order::Desc)
            .order_by_expr(Func::coalesce([own(Column::Residual), Expr::value(-1.0)]).into(), sea_orm::Order::Desc)
            .order_by((engagement_standing::Entity, Column::EngagementId), sea_orm::Order::Asc);
        query.expr_window_as(Expr::cust("ROW_NUMBER()"), heaviest, "place");
    } else {
        query.expr_as(Expr::value(0i64), "place");
    }
    query
        .columns(columns.map(|column| (engagement_standing::Entity, column)))
        .expr_as(rank, "rank")
        .from(engagement_standing::Entity)
        .and_where(own(Column::OrganisationId).eq(scope.organisation().0))
        .and_where(own(Column::IsOpen).eq(true))
        .and_where_option(reach::engagements(&scope).map(|ids| own(Column::EngagementId).in_subquery(ids)))
        .take()
}

/// What is known of each vendor that has open engagements.
fn together(scope: BuyerScope, ratings: &[&str], order: Option<Order>) -> SelectStatement {
    use engagement_standing::Column;
    let of = Alias::new("o");
    let own = |column: Column| Expr::col((of.clone(), column));
    let made = |name: &'static str| Expr::col((of.clone(), Alias::new(name)));
    let weight =
        own(Column::OpenMajor).mul(MAJOR).add(own(Column::OpenMinor).mul(MINOR)).add(own(Column::OpenObservations));
    // Of the engagement that the list shows; an engagement that weighs less may have risen more.
    let rise =
        CaseStatement::new().case(made("place").eq(1i64), own(Column::Residual).sub(own(Column::PreviousResidual)));
    // A sum is wider than what it adds up, and the two databases widen it to different kinds of number.
    let sum = |what: Expr| Func::cast_as(Func::sum(what), "bigint");
    Query::select()
        .column((of.clone(), Column::VendorId))
        .expr_as(Func::max(made("rank")), "rank")
        .expr_as(Func::max(own(Column::Residual)), "residual")
        .expr_as(Func::max(rise), "rise")
        .expr_as(sum(weight), "weight")
        .expr_as(sum(own(Column::OpenMajor)), "major")
        .expr_as(sum(own(Column::OpenMinor)), "minor")
        .expr_as(sum(own(Column::OpenObservations)), "observations")
        .expr_as(Func::count(own(Column::EngagementId)), "engagements")
        .expr_as(Func::count(own(Column::ScoreId)), "scored")
        .from_subquery(in_place(scope, ratings, order), of.clone())
        .group_by_col((of, Column::VendorId))
        .take()
}

/// A number of the derived table, or what stands for none.
fn known(name: &'static str, otherwise: impl Into<Value>) -> Expr {
    Func::coalesce([Expr::col((Alias::new("s"), Alias::new(name))), Expr::value(otherwise)]).into()
}

fn rated(scope: BuyerScope, (ratings, filter, order): (&[&str], &Filter, Option<Order>)) -> SelectStatement {
    let (id, name) = ((vendor::Entity, vendor::Column::Id), (vendor::Entity, vendor::Column::Name));
    let mut query = Query::select();
    query
        .from(vendor::Entity)
        .join_subquery(
            JoinType::LeftJoin,
            together(scope, ratings, order),
            Alias::new("s"),
            Expr::col((Alias::new("s"), Alias::new("vendor_id"))).equals(id),
        )
        .and_where(Expr::col((vendor::Entity, vendor::Column::OrganisationId)).eq(scope.organisation().0))
        .and_where(Expr::col((vendor::Entity, vendor::Column::MergedInto)).is_null());
    if let Some(ids) = reach::vendors(&scope) {
        query.and_where(Expr::col(id).in_subquery(ids));
    }
    let text = filter.text.trim().to_lowercase();
    if !text.is_empty() {
        let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let lower = Func::lower(Expr::col(name));
        query.and_where(Expr::expr(lower).like(LikeExpr::new(format!("%{literal}%")).escape('\\')));
    }
    if let Some(rating) = &filter.rating {
        let place = ratings.iter().position(|known| known == rating).map_or(0, |place| place as i64 + 1);
        query.and_where(known("rank", 0i64).eq(place));
    }
    query
}

/// Vendors in the order of a list, after a place. `ratings` are those of the policy in force, mildest first.
pub async fn portfolio(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    (ratings, filter, order): (&[&str], &Filter, Order),
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<Together>, DbErr> {
    let (id, name) = ((vendor::Entity, vendor::Column::Id), (vendor::Entity, vendor::Column::Name));
    let numbers: Vec<Expr> = match order {
        Order::Rating => vec![known("rank", 0i64), known("residual", -1.0)],
        Order::Findings => vec![known("weight", 0i64)],
        Order::Trend => vec![known("rise", 0.0)],
        Order::Name => Vec::new(),
    };
    let mut query = rated(scope, (ratings, filter, Some(order)));
    query
        .expr_as(Expr::col(id), "vendor_id")
        .column(name)
        .expr_as(known("rank", 0i64), "rank")
        .expr_as(known("residual", -1.0), "residual")
        .expr_as(known("rise", 0.0), "rise")
        .expr_as(known("weight", 0i64), "weight")
        .expr_as(known("major", 0i64), "major")
        .expr_as(known("minor", 0i64), "minor")
        .expr_as(known("observations", 0i64), "observations")
        .expr_as(known("engagements", 0i64), "engagements")
        .expr_as(known("scored", 0i64), "scored");
    if let Some(place) = after {
        let given = [place.numbers.0, place.numbers.1];
        let value = |n: usize| match (order, n) {
            // Whole numbers are compared as such.
            (Order::Findings, _) | (Order::Rating, 0) => Expr::value(given[n] as i64),
            _ => Expr::value(given[n]),
        };
        let mut beyond = Condition::any();
        let mut same = Condition::all();
        for (n, number) in numbers.iter().enumerate() {
            beyond = beyond.add(same.clone().add(number.clone().lt(value(n))));
            same = same.add(number.clone().eq(value(n)));
        }
        if order == Order::Name {
            beyond = beyond.add(Expr::col(name).gt(place.name.as_str()));
            same = same.add(Expr::col(name).eq(place.name.as_str()));
        }
        query.cond_where(beyond.add(same.add(Expr::col(id).gt(place.vendor.0))));
    }
    for number in numbers {
        query.order_by_expr(number, sea_orm::Order::Desc);
    }
    if order == Order::Name {
        query.order_by(name, sea_orm::Order::Asc);
    }
    query.order_by(id, sea_orm::Order::Asc).limit(limit);
    let mut rows = Together::find_by_statement(db.get_database_backend().build(&query)).all(db).await?;
    if order != Order::Trend {
        let vendors: Vec<VendorId> = rows.iter().map(|row| VendorId(row.vendor_id)).collect();
        let rises = rises(&of_vendors(db, scope, &vendors).await?, ratings);
        for row in &mut rows {
            row.rise = rises.get(&row.vendor_id).copied().unwrap_or_default();
        }
    }
    Ok(rows)
}

/// By vendor: by how much the open engagement that weighs most rose.
fn rises(standings: &[engagement_standing::Model], ratings: &[&str]) -> HashMap<Uuid, f64> {
    let rank =
        |row: &engagement_standing::Model| ratings.iter().position(|known| Some(*known) == row.rating.as_deref());
    let weight = |row: &engagement_standing::Model| (rank(row), row.residual.unwrap_or(-1.0));
    let mut heaviest: HashMap<Uuid, &engagement_standing::Model> = HashMap::new();
    // In the order of their ids: of two that weigh the same the first stays.
    for row in standings.iter().filter(|row| row.is_open) {
        let known = heaviest.entry(row.vendor_id).or_insert(row);
        if weight(row) > weight(known) {
            *known = row;
        }
    }
    let rise = |row: &engagement_standing::Model| Some(row.residual? - row.previous_residual?);
    heaviest.into_iter().map(|(vendor, row)| (vendor, rise(row).unwrap_or_default())).collect()
}

/// How many vendors there are by the place of their rating: 0 where nothing is rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Share {
    /// The place of the rating among the policy's bands, from 1; 0 where nothing is rated.
    pub rank: i64,
    /// How many vendors.
    pub vendors: i64,
}

/// How many vendors are rated how, whatever the filter says of the rating.
pub async fn shares(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ratings: &[&str],
    filter: &Filter,
) -> Result<Vec<Share>, DbErr> {
    let mut query = rated(scope, (ratings, &Filter { rating: None, ..filter.clone() }, None));
    // Two bound numbers are not known to be the same one.
    let rank: Expr = Func::coalesce([Expr::col((Alias::new("s"), Alias::new("rank"))), Expr::cust("0")]).into();
    query
        .expr_as(rank.clone(), "rank")
        .expr_as(Func::count(Expr::col((vendor::Entity, vendor::Column::Id))), "vendors")
        .add_group_by([rank]);
    Share::find_by_statement(db.get_database_backend().build(&query)).all(db).await
}
