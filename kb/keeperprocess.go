package kb

import (
	"context"
	"time"
)

// A reviewRecord is what somebody asked of reviewers, or said as one, in an
// export. What others said is not theirs.
type reviewRecord struct {
	Is       string    `json:"is"`
	Article  string    `json:"article"`
	Locale   string    `json:"locale"`
	Revision int       `json:"revision"`
	Asked    bool      `json:"asked"` // by them
	Note     string    `json:"note,omitempty"`
	Verdict  Verdict   `json:"verdict,omitempty"`
	Comment  string    `json:"comment,omitempty"`
	At       time.Time `json:"at"`
}

// A planRecord is what somebody planned, in an export.
type planRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article"`
	Locale  string    `json:"locale"`
	Do      Deed      `json:"do"`
	At      time.Time `json:"at"`
	Note    string    `json:"note,omitempty"`
}

// A verifiedRecord is what somebody vouches for, in an export.
type verifiedRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article"`
	At      time.Time `json:"at"`
}

func giveReviews(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	for after := ""; ; {
		page, err := store.ReviewsOf(ctx, person, after, exportedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			record := reviewRecord{Is: "review", Article: r.Article, Locale: r.Locale, Revision: r.Revision, At: r.CreatedAt}
			if r.By == person {
				record.Asked, record.Note = true, r.Note
			}
			if v, ok := r.Of(person); ok && v.Verdict != "" {
				record.Verdict, record.Comment, record.At = v.Verdict, v.Comment, v.At
			}
			if !give(record) {
				return nil
			}
		}
		after = page[len(page)-1].ID
	}
}

func givePlans(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	for after := ""; ; {
		page, err := store.PlansOf(ctx, person, after, exportedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, p := range page {
			if !give(planRecord{"plan", p.Article, p.Locale, p.Do, p.At, p.Note}) {
				return nil
			}
		}
		after = page[len(page)-1].ID
	}
}

func giveVerified(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	all, err := store.VerifiedBy(ctx, person)
	for _, v := range all {
		if !give(verifiedRecord{"verification", v.Article, v.At}) {
			break
		}
	}
	return err
}

// A noteRecord is what somebody said beside an article, in an export. What others
// said of them is not theirs.
type noteRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article"`
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
}

func giveNotes(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	for after := ""; ; {
		page, err := store.NotesOf(ctx, person, after, exportedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, n := range page {
			record := noteRecord{"mentioned in a note", n.Article, "", n.CreatedAt}
			if n.Author == person {
				record.Is, record.Text = "note", n.Text
			} else if n.ResolvedBy == person {
				record.Is, record.At = "note settled", n.ResolvedAt
			}
			if !give(record) {
				return nil
			}
		}
		after = page[len(page)-1].ID
	}
}
