//! Two versions of a questionnaire beside each other, and what a move would do to the assessments that run on the older.

use super::questionnaire::{Standing, profile_of};
use crate::error::{AppError, Result};
use crate::platform::{Platform, published};
use crate::repo::{self, BuyerScope};
use domain::ids::{TemplateId, TemplateVersionId};
use domain::questionnaire::Authored;
use domain::questionnaire::diff::{Diff, Moving, diff, moving};
use entity::{assessment, template_version};

/// Assessments whose move is worked out at once: each is read with all its answers.
pub const MOST_RUNNING: u64 = 50;

/// Two versions and what lies between them.
#[derive(Debug)]
pub struct Comparison {
    /// All versions of the template, newest first.
    pub versions: Vec<template_version::Model>,
    /// The older one.
    pub older: (template_version::Model, Authored),
    /// The newer one.
    pub newer: (template_version::Model, Authored),
    /// What changed.
    pub diff: Diff,
}

impl Comparison {
    /// Compares two versions by their numbers. Where none are given they are the newest and the one before it; asked the
    /// wrong way round they are turned.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such template or version.
    pub async fn read(
        platform: &Platform,
        scope: BuyerScope,
        template: TemplateId,
        older: Option<i64>,
        newer: Option<i64>,
    ) -> Result<Self> {
        let db = platform.db.read();
        repo::templates::get(db, scope, template).await?.ok_or(AppError::NotFound)?;
        let versions = repo::templates::versions(db, scope, Some(template)).await?;
        let newest = versions.first().map(|version| version.number);
        let newer = newer.or(newest).ok_or(AppError::NotFound)?;
        let before = versions.iter().map(|version| version.number).find(|number| *number < newer);
        let older = older.or(before).unwrap_or(newer);
        let find = |number: i64| -> Result<(template_version::Model, Authored)> {
            let row = versions.iter().find(|version| version.number == number).ok_or(AppError::NotFound)?;
            Ok((row.clone(), published::authored(row)?))
        };
        let (older, newer) = (find(older.min(newer))?, find(older.max(newer))?);
        let diff = diff(&older.1, &newer.1);
        Ok(Self { versions, older, newer, diff })
    }

    /// What a move would do to each assessment that is out on the older version, the first due first; and how many more
    /// there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moves(
        &self,
        platform: &Platform,
        scope: BuyerScope,
    ) -> Result<(Vec<(assessment::Model, Moving)>, u64)> {
        let (db, limits) = (platform.db.read(), platform.config.limits.answer());
        let id = TemplateVersionId(self.older.0.id);
        let (rows, all) = repo::assessments::out_on(db, scope, id, MOST_RUNNING).await?;
        let more = all.saturating_sub(MOST_RUNNING);
        let mut moves = Vec::new();
        for row in rows {
            let profile = profile_of(&row);
            let standing = Standing::around(platform, db, &scope, row).await?;
            let moving = moving(&self.older.1, &self.newer.1, &standing.replies, &profile, &limits);
            moves.push((standing.assessment, moving));
        }
        Ok((moves, more))
    }
}
