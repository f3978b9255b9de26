//! What the customer is asked in a follow-up, and whether the answers answer it.

use crate::closed_set::closed_set;

closed_set! {
    /// How a question is answered.
    pub enum QuestionKind as "FollowUpQuestionKind" {
        /// By a score, 1 (bad) to 5 (good).
        Score,
        /// By yes or no.
        YesNo,
        /// In words.
        Text,
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is called in answers; stays the same from version to version.
    pub key: String,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether it must be answered.
    pub required: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Which question.
    pub key: String,
    /// The score, for `SCORE`.
    pub score: Option<i32>,
    /// Yes or no, for `YES_NO`.
    pub yes: Option<bool>,
    /// The words, for `TEXT`.
    pub text: Option<String>,
}

/// How many questions there may be.
pub const MAX_QUESTIONS: usize = 20;
/// How long a question, or an answer in words, may be.
pub const MAX_LENGTH: usize = 500;
/// How long a key may be.
const MAX_KEY: usize = 40;

/// What is wrong, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which of the list.
    pub place: usize,
    /// Which part of it; empty where it is as a whole.
    pub part: &'static str,
    /// What would be right.
    pub right: String,
}

/// What is asked where the site has published nothing of its own (ours). Nothing of it is required.
#[must_use]
pub fn defaults() -> Vec<Question> {
    let question = |key: &str, zh: &str, en: &str, kind| Question {
        key: key.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        kind,
        required: false,
    };
    vec![
        question("solved", "您反映的问题解决了吗?", "Has what you reported been solved?", QuestionKind::YesNo),
        question("quality", "您对处理结果打几分?", "How do you rate the result?", QuestionKind::Score),
        question("attitude", "您对服务态度打几分?", "How do you rate the attitude of our staff?", QuestionKind::Score),
        question("timeliness", "您对处理速度打几分?", "How do you rate how fast it went?", QuestionKind::Score),
        question("advice", "您还有什么意见或建议?", "What else would you like to tell us?", QuestionKind::Text),
    ]
}

/// Checks questions that a site wants to ask.
///
/// # Errors
/// The first fault.
pub fn check_questions(questions: &[Question]) -> Result<(), Fault> {
    if questions.is_empty() || questions.len() > MAX_QUESTIONS {
        return Err(Fault { place: 0, part: "", right: format!("1..{MAX_QUESTIONS} questions") });
    }
    for (place, question) in questions.iter().enumerate() {
        let fault = |part, right: String| Err(Fault { place, part, right });
        let letters = question.key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if question.key.is_empty() || question.key.len() > MAX_KEY || !letters {
            return fault("key", format!("1..{MAX_KEY} letters, digits and underscores"));
        }
        if questions[..place].iter().any(|before| before.key == question.key) {
            return fault("key", "each key once".to_owned());
        }
        for (part, words) in [("zh", &question.zh), ("en", &question.en)] {
            if words.trim().is_empty() || words.chars().count() > MAX_LENGTH {
                return fault(part, format!("1..{MAX_LENGTH} characters"));
            }
        }
    }
    Ok(())
}

/// Checks answers against the questions: each question once at most, in its own way, the required ones all.
///
/// # Errors
/// The first fault; that of a required question without an answer names its key, at the place behind the last answer.
pub fn check_answers(questions: &[Question], answers: &[Answer]) -> Result<(), Fault> {
    for (place, answer) in answers.iter().enumerate() {
        let fault = |part, right: String| Err(Fault { place, part, right });
        let Some(question) = questions.iter().find(|question| question.key == answer.key) else {
            let keys: Vec<&str> = questions.iter().map(|question| question.key.as_str()).collect();
            return fault("key", keys.join(", "));
        };
        if answers[..place].iter().any(|before| before.key == answer.key) {
            return fault("key", "each question once".to_owned());
        }
        match (question.kind, answer.score, answer.yes, answer.text.as_deref()) {
            (QuestionKind::Score, Some(1..=5), None, None) | (QuestionKind::YesNo, None, Some(_), None) => {}
            (QuestionKind::Text, None, None, Some(text))
                if !text.trim().is_empty() && text.chars().count() <= MAX_LENGTH => {}
            (QuestionKind::Score, ..) => return fault("score", "1..5, and nothing else".to_owned()),
            (QuestionKind::YesNo, ..) => return fault("yes", "true or false, and nothing else".to_owned()),
            (QuestionKind::Text, ..) => {
                return fault("text", format!("1..{MAX_LENGTH} characters, and nothing else"));
            }
        }
    }
    let missing =
        questions.iter().find(|question| question.required && !answers.iter().any(|answer| answer.key == question.key));
    match missing {
        Some(question) => Err(Fault { place: answers.len(), part: "", right: question.key.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(key: &str, score: i32) -> Answer {
        Answer { key: key.to_owned(), score: Some(score), ..Answer::default() }
    }

    #[test]
    fn d2_what_we_ask_by_default_is_well_formed_and_answered_by_nothing_as_well() {
        assert_eq!(check_questions(&defaults()), Ok(()));
        assert_eq!(check_answers(&defaults(), &[]), Ok(()));
    }

    #[test]
    fn d2_an_answer_is_refused_where_it_answers_nothing_that_was_asked() {
        let questions = defaults();
        assert_eq!(check_answers(&questions, &[score("quality", 5), score("attitude", 1)]), Ok(()));
        let part = |answers: &[Answer]| check_answers(&questions, answers).map_err(|fault| (fault.place, fault.part));
        assert_eq!(part(&[score("quality", 6)]), Err((0, "score")));
        assert_eq!(part(&[score("quality", 3), score("quality", 3)]), Err((1, "key")));
        assert_eq!(part(&[score("colour", 3)]), Err((0, "key")));
        assert_eq!(part(&[score("solved", 3)]), Err((0, "yes")));
        let words = Answer { key: "quality".to_owned(), text: Some("好".to_owned()), ..Answer::default() };
        assert_eq!(part(&[words]), Err((0, "score")));
    }

    #[test]
    fn d2_a_required_question_must_be_answered() {
        let mut questions = defaults();
        questions[1].required = true;
        let refused = check_answers(&questions, &[score("attitude", 4)]);
        assert_eq!(refused.map_err(|fault| fault.right), Err("quality".to_owned()));
        assert_eq!(check_answers(&questions, &[score("quality", 4)]), Ok(()));
    }

    #[test]
    fn d2_questions_need_a_key_of_their_own_and_words_in_both_languages() {
        let mut questions = defaults();
        questions[2].key = "quality".to_owned();
        assert_eq!(check_questions(&questions).map_err(|fault| (fault.place, fault.part)), Err((2, "key")));
        questions[2].key = "wait time".to_owned();
        assert_eq!(check_questions(&questions).map_err(|fault| (fault.place, fault.part)), Err((2, "key")));
        questions[2].key = "wait".to_owned();
        questions[2].en = " ".to_owned();
        assert_eq!(check_questions(&questions).map_err(|fault| (fault.place, fault.part)), Err((2, "en")));
        assert!(check_questions(&[]).is_err());
    }
}
