# Rscript tests/golden/interviewer_leniency.R JUDGEMENTS.csv tests/golden/interviewer_leniency.csv
library(lme4)
source("tests/golden/unconditional_se.R")

files <- commandArgs(trailingOnly = TRUE)
judgements <- read.csv(files[1])
types <- grep("^type_", names(judgements), value = TRUE)
# Interviewers where the judgement is a mock's, companies where it is a real interview's.
levels <- c("(1 | candidate_key)", "(0 + is_mock | interviewer_id)", "(0 + is_real | company_id)")
form <- reformulate(c("is_real", "practice", types, levels), "z")
# The default optimiser stops some digits early.
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
fit <- lmer(form, data = judgements, REML = TRUE, control = control)
spread <- as.data.frame(VarCorr(fit))
of <- function(group) spread$vcov[spread$grp == group]
effects <- ranef(fit)
effects_se <- unconditional_se(fit)
rows <- function(facet, factor) {
  # The level of those who have none.
  kept <- rownames(effects[[factor]]) != "none"
  data.frame(
    facet = facet, level = rownames(effects[[factor]])[kept],
    estimate = effects[[factor]][kept, 1], estimate_se = effects_se[[factor]][kept]
  )
}

names_of_fixed <- sub("^type_", "type:", sub("(Intercept)", "intercept", names(fixef(fit)), fixed = TRUE))
golden <- rbind(
  data.frame(facet = "n_judgements", level = "", estimate = nrow(judgements), estimate_se = NA),
  data.frame(
    facet = "variance", level = c("candidate", "interviewer", "company", "residual"),
    estimate = c(of("candidate_key"), of("interviewer_id"), of("company_id"), of("Residual")),
    estimate_se = NA
  ),
  data.frame(
    facet = "fixed", level = names_of_fixed, estimate = fixef(fit),
    estimate_se = sqrt(diag(as.matrix(vcov(fit))))
  ),
  rows("company", "company_id"),
  rows("interviewer", "interviewer_id")
)
golden$estimate <- signif(golden$estimate, 9)
golden$estimate_se <- signif(golden$estimate_se, 6)
write.csv(golden, files[2], row.names = FALSE, quote = FALSE, na = "")
