package kb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/stoa-go/stoa/profile"
)

// The kinds of notices that a library sends through [Options.Notify]. Their
// subject is "article/ID", and their data has "review" or "plan" and "locale".
const (
	NoticeReviewAsked   = "review.asked"    // to reviewers
	NoticeReviewDecided = "review.decided"  // to who asked
	NoticePlanFailed    = "plan.failed"     // to who planned
	NoticeVerify        = "article.verify"  // to the owner: the verification runs out
	NoticeMended        = "feedback.mended" // to a reader: something was done about what they said
	NoticeMentioned     = "note.mentioned"  // to a colleague: a note mentions them
)

func (l *Library) tell(ctx context.Context, o profile.Occurrence) error {
	if l.notify == nil || len(o.To) == 0 {
		return nil
	}
	o.Private = true
	if err := l.notify(ctx, o); err != nil {
		return fmt.Errorf("notify of %s: %w", o.Kind, err)
	}
	return nil
}

// tellOfReview tells those who are asked that they are, and whoever asked what
// came of it. A review of a pool has nobody to tell: it is in the inbox.
func (l *Library) tellOfReview(ctx context.Context, r Review) error {
	o := profile.Occurrence{
		Kind: NoticeReviewAsked, Subject: "article/" + r.Article, Key: r.ID, By: r.By, At: r.CreatedAt,
		Data: map[string]string{"review": r.ID, "locale": r.Locale},
	}
	switch r.State {
	case ReviewOpen:
		for _, v := range r.Votes {
			if v.Asked && v.Verdict == "" {
				o.To = append(o.To, v.Person)
			}
		}
	case ReviewApproved, ReviewRejected:
		o.Kind, o.By, o.To, o.At = NoticeReviewDecided, "", []string{r.By}, r.UpdatedAt
		o.Data["verdict"] = string(r.State)
	}
	return l.tell(ctx, o)
}

func (l *Library) tellOfFailure(ctx context.Context, p Plan) error {
	return l.tell(ctx, profile.Occurrence{
		Kind: NoticePlanFailed, Subject: "article/" + p.Article, Key: p.ID, To: []string{p.By}, At: p.UpdatedAt,
		Data: map[string]string{"plan": p.ID, "locale": p.Locale, "do": string(p.Do)},
	})
}

func (l *Library) tellOfExpiry(ctx context.Context, a Article, v Verification) error {
	var to []string
	if a.Owner != "" {
		to = []string{a.Owner}
	}
	return l.tell(ctx, profile.Occurrence{
		Kind: NoticeVerify, Subject: "article/" + a.ID, Key: a.ID + "@" + strconv.FormatInt(v.Until.UnixMicro(), 10), To: to, At: l.clock(),
		Data: map[string]string{"until": strconv.FormatInt(v.Until.Unix(), 10)},
	})
}
