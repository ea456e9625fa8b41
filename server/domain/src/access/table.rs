//! The roles, the permissions, and the table that joins them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What kind of organisation a role belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// An organisation that asks.
    Buyer,
    /// An organisation that is asked.
    Vendor,
    /// The installation itself.
    Installation,
}

macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($(#[$of:meta])* $name:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $kind {
            $($(#[$of])* $name,)+
        }

        impl $kind {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name on the command line, in the API and in the database.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|known| known.name() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|known| known.name()).collect();
                    format!("unknown: {text}; one of {}", known.join(", "))
                })
            }
        }
    };
}

named! {
    /// What a member is there for.
    Role {
        /// Manages the buyer's people, templates, policy and access.
        Administrator = "administrator",
        /// Sends questionnaires and chases them.
        Procurement = "procurement",
        /// Reviews, scores, keeps the register.
        Analyst = "analyst",
        /// Decides on risk.
        Approver = "approver",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Owns engagements, and reads these alone.
        BusinessOwner = "business-owner",
        /// Manages the vendor's people, and does all that a responder does.
        VendorAdministrator = "vendor-administrator",
        /// Answers, hands over, submits; attests where no signatory is named. A vendor's link is a responder.
        Responder = "responder",
        /// Answers the questions assigned to them, and sees no others.
        Contributor = "contributor",
        /// Attests, once named.
        Signatory = "signatory",
        /// Runs the installation; sees no questionnaire.
        Operator = "operator",
    }
}

named! {
    /// Something that a member may or may not do.
    Permission {
        /// Read vendors, engagements, templates, assessments, answers, scores and the register.
        Read = "read",
        /// Read the engagements that one owns, with their assessments, answers and scores.
        ReadOwn = "read-own",
        /// Add, change and merge vendors, contacts and engagements.
        EditVendors = "edit-vendors",
        /// Publish template versions.
        EditTemplates = "edit-templates",
        /// Publish versions of the scoring policy; have stored scores computed anew.
        EditPolicy = "edit-policy",
        /// Issue, remind, copy a link, extend, recall.
        Issue = "issue",
        /// Take in review, judge answers, return, finish, close; raise findings, agree to plans, verify, close.
        Review = "review",
        /// Compute and store a score; replace a computed severity or likelihood; confirm the tier of the EU AI Act.
        Score = "score",
        /// Import into the register and change its entries.
        EditRegister = "edit-register",
        /// Decide on a vendor, accept a risk, approve an impact assessment, waive a condition.
        Decide = "decide",
        /// Read and export the audit log.
        ReadAudit = "read-audit",
        /// Make and change members, invitations, tokens, mail domains and sign-in providers.
        ManagePeople = "manage-people",
        /// Read and answer every question that the organisation is asked, and work on the findings that come of it.
        Answer = "answer",
        /// Read and answer the questions that were assigned to oneself.
        AnswerAssigned = "answer-assigned",
        /// Hand questions over to a colleague, and name who signs.
        HandOver = "hand-over",
        /// Submit answers.
        Submit = "submit",
        /// Attest to answers.
        Attest = "attest",
        /// See the health of the installation, make organisations, change installation-wide settings.
        Operate = "operate",
    }
}

impl Role {
    /// The kind of organisation that has members with this role.
    pub fn side(self) -> Side {
        match self {
            Self::Administrator
            | Self::Procurement
            | Self::Analyst
            | Self::Approver
            | Self::Auditor
            | Self::BusinessOwner => Side::Buyer,
            Self::VendorAdministrator | Self::Responder | Self::Contributor | Self::Signatory => Side::Vendor,
            Self::Operator => Side::Installation,
        }
    }

    /// Everything that the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            Answer, AnswerAssigned, Attest, Decide, EditPolicy, EditRegister, EditTemplates, EditVendors, HandOver,
            Issue, ManagePeople, Operate, Read, ReadAudit, ReadOwn, Review, Score, Submit,
        };
        match self {
            Self::Administrator => &[Read, ReadOwn, EditVendors, EditTemplates, EditPolicy, ReadAudit, ManagePeople],
            Self::Procurement => &[Read, ReadOwn, EditVendors, Issue, Review],
            Self::Analyst => &[Read, ReadOwn, EditVendors, Review, Score, EditRegister],
            Self::Approver => &[Read, ReadOwn, Decide],
            Self::Auditor => &[Read, ReadOwn, ReadAudit],
            Self::BusinessOwner => &[ReadOwn],
            Self::VendorAdministrator => &[Answer, AnswerAssigned, HandOver, Submit, Attest, ManagePeople],
            Self::Responder => &[Answer, AnswerAssigned, HandOver, Submit, Attest],
            Self::Contributor => &[AnswerAssigned],
            Self::Signatory => &[Answer, AnswerAssigned, Submit, Attest],
            Self::Operator => &[Operate],
        }
    }

    /// Whether the role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether an API token can have the role: programs act for buyers and for the installation; a vendor's answers are
    /// given by persons.
    pub fn fits_token(self) -> bool {
        self.side() != Side::Vendor
    }
}

impl Permission {
    /// The permissions of a text: names with spaces between.
    ///
    /// # Errors
    /// The name that is none.
    pub fn list(text: &str) -> Result<Vec<Self>, String> {
        text.split_whitespace().map(str::parse).collect()
    }
}
