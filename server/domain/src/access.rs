//! Who may do what: one table of roles and permissions.
//!
//! A permission speaks of the caller's own organisation alone; another organisation's rows are out of reach by scope,
//! before this table is asked.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a member of a buying organisation is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Manages people, templates, policy and access.
    Administrator,
    /// Sends questionnaires and chases them.
    Procurement,
    /// Reviews, scores, keeps the register.
    Analyst,
    /// Decides on risk.
    Approver,
    /// Reads everything, changes nothing.
    Auditor,
    /// Owns engagements and reads what concerns them.
    BusinessOwner,
    /// Runs the installation; sees no questionnaire.
    Operator,
}

/// Something that a member may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Read vendors, engagements, templates, assessments, answers, scores and the register.
    Read,
    /// Add and change vendors, contacts and engagements.
    EditVendors,
    /// Publish template versions.
    EditTemplates,
    /// Issue, remind, copy a link, extend, recall.
    Issue,
    /// Take in review, return, finish, close.
    Review,
    /// Compute and store a score.
    Score,
    /// Import into the register and change its entries.
    EditRegister,
    /// Read the audit log.
    ReadAudit,
    /// Make members, sign-in links and tokens.
    ManagePeople,
    /// See the health of the installation: jobs, index, database.
    Operate,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::Procurement,
        Self::Analyst,
        Self::Approver,
        Self::Auditor,
        Self::BusinessOwner,
        Self::Operator,
    ];

    /// Its name on the command line, in the API and in the database: `business-owner`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Procurement => "procurement",
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::BusinessOwner => "business-owner",
            Self::Operator => "operator",
        }
    }

    /// Everything that the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            EditRegister, EditTemplates, EditVendors, Issue, ManagePeople, Operate, Read, ReadAudit, Review, Score,
        };
        match self {
            Self::Administrator => &[Read, EditVendors, EditTemplates, ReadAudit, ManagePeople],
            Self::Procurement => &[Read, EditVendors, Issue, Review],
            Self::Analyst => &[Read, EditVendors, Review, Score, EditRegister],
            Self::Approver | Self::BusinessOwner => &[Read],
            Self::Auditor => &[Read, ReadAudit],
            Self::Operator => &[Operate],
        }
    }

    /// Whether the role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 10] = [
        Self::Read,
        Self::EditVendors,
        Self::EditTemplates,
        Self::Issue,
        Self::Review,
        Self::Score,
        Self::EditRegister,
        Self::ReadAudit,
        Self::ManagePeople,
        Self::Operate,
    ];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|role| role.name()).collect();
            format!("unknown role {text}: one of {}", known.join(", "))
        })
    }
}
