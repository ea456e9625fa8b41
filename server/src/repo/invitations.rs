//! Invitations to become a member, and the links that accept them.

use super::held::Held;
use super::scope::{BuyerScope, SystemScope};
use domain::access::Roles;
use domain::ids::{InvitationId, MemberId};
use entity::{invitation, invitation_link};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use time::OffsetDateTime;

/// An invitation on its way into the database.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it is for.
    pub name: String,
    /// Their address, in lower case.
    pub email: String,
    /// What they are to be there for.
    pub roles: Roles,
    /// Who invites; none where the installation does.
    pub invited_by: Option<MemberId>,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
}

/// How a link came to whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In a mail: whoever has it reads the mail of the address.
    Mail,
    /// Copied from the page: it proves nothing of the address.
    Copy,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Copy => "copy",
        }
    }
}

/// Adds an invitation whose mail is queued.
pub async fn add(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    new: NewInvitation,
    now: OffsetDateTime,
) -> Result<invitation::Model, DbErr> {
    invitation::ActiveModel {
        id: Set(new.id.0),
        organisation_id: Set(scope.organisation().0),
        name: Set(new.name),
        email: Set(new.email),
        roles: Set(new.roles.to_string()),
        invited_by: Set(new.invited_by.map(|member| member.0)),
        delivery: Set("queued".to_owned()),
        failure: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
        expires_at: Set(new.expires_at),
        accepted_at: Set(None),
        revoked_at: Set(None),
    }
    .insert(db)
    .await
}

/// The organisation's invitations, newest first.
pub async fn all(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<invitation::Model>, DbErr> {
    own(scope).order_by_desc(invitation::Column::Id).all(db).await
}

/// One of the organisation's invitations.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: InvitationId,
) -> Result<Option<invitation::Model>, DbErr> {
    own(scope).filter(invitation::Column::Id.eq(id.0)).one(db).await
}

/// The same, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: InvitationId,
) -> Result<Option<invitation::Model>, DbErr> {
    own(scope).filter(invitation::Column::Id.eq(id.0)).held().one(db).await
}

/// The invitation to an address that is neither accepted nor revoked, expired or not.
pub async fn open_to(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    email: &str,
) -> Result<Option<invitation::Model>, DbErr> {
    own(scope)
        .filter(invitation::Column::Email.eq(email))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .one(db)
        .await
}

fn own(scope: BuyerScope) -> sea_orm::Select<invitation::Entity> {
    invitation::Entity::find().filter(invitation::Column::OrganisationId.eq(scope.organisation().0))
}

/// Writes what changed of an invitation of the scope's organisation.
pub async fn update(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: invitation::ActiveModel,
) -> Result<invitation::Model, DbErr> {
    row.update(db).await
}

/// An invitation, for the job that mails it.
pub async fn to_mail(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: InvitationId,
) -> Result<Option<invitation::Model>, DbErr> {
    invitation::Entity::find_by_id(id.0).one(db).await
}

/// The invitation that a link accepts, and how the link came to whoever has it.
pub async fn by_link(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
) -> Result<Option<(invitation::Model, Way)>, DbErr> {
    let Some(link) = invitation_link::Entity::find_by_id(token_hash.to_vec()).one(db).await? else { return Ok(None) };
    let way = if link.purpose == Way::Mail.name() { Way::Mail } else { Way::Copy };
    let found = invitation::Entity::find_by_id(link.invitation_id).one(db).await?;
    Ok(found.map(|row| (row, way)))
}

/// Adds a link.
pub async fn add_link(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: InvitationId,
    (token_hash, way): (Vec<u8>, Way),
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    invitation_link::Entity::insert(invitation_link::ActiveModel {
        token_hash: Set(token_hash),
        organisation_id: Set(scope.organisation().0),
        invitation_id: Set(id.0),
        purpose: Set(way.name().to_owned()),
        created_at: Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Forgets a link whose mail never left.
pub async fn remove_link(db: &impl ConnectionTrait, _: SystemScope, token_hash: &[u8]) -> Result<(), DbErr> {
    invitation_link::Entity::delete_by_id(token_hash.to_vec()).exec(db).await?;
    Ok(())
}

/// How many mails with this invitation left since then.
pub async fn mails_since(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: InvitationId,
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    invitation_link::Entity::find()
        .filter(invitation_link::Column::InvitationId.eq(id.0))
        .filter(invitation_link::Column::Purpose.eq(Way::Mail.name()))
        .filter(invitation_link::Column::CreatedAt.gt(since))
        .count(db)
        .await
}

/// Accepts an invitation, once: `false` when it was accepted or revoked, or has expired.
pub async fn accept(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = invitation::Entity::update_many()
        .col_expr(invitation::Column::AcceptedAt, Expr::value(now))
        .filter(invitation::Column::Id.eq(id.0))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
