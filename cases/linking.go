package cases

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Link adds a reference to what helps with a case, such as "article/ID".
func (d *Desk) Link(ctx context.Context, by profile.Actor, id, reference string) (Case, error) {
	return d.step(ctx, by, id, step{"case.linked", "", func(w *work) error {
		if rights := d.Rights(by, w.Case); !rights.Comment && !rights.Work {
			return d.closedOr(w.Case, ErrForbidden)
		}
		if slices.Contains(w.Articles, reference) {
			return nil
		}
		fields := errs.Fields{}
		if err := d.checkReferences(ctx, by, fields, []string{reference}); err != nil {
			return err
		}
		if len(w.Articles) >= MaxArticles {
			fields.Add("articles", "error.field.too_many", map[string]any{"max": MaxArticles})
		}
		if err := fields.Err(); err != nil {
			return err
		}
		w.Articles = append(w.Articles, reference)
		w.add(Entry{Kind: EntryLinked, Changes: changed("articles", "", reference)})
		return nil
	}})
}

// Unlink takes a reference away again.
func (d *Desk) Unlink(ctx context.Context, by profile.Actor, id, reference string) (Case, error) {
	return d.step(ctx, by, id, step{"case.unlinked", "", func(w *work) error {
		if rights := d.Rights(by, w.Case); !rights.Edit && !rights.Work {
			return d.closedOr(w.Case, ErrForbidden)
		}
		i := slices.Index(w.Articles, reference)
		if i < 0 {
			return nil
		}
		w.Articles = slices.Delete(w.Articles, i, i+1)
		w.add(Entry{Kind: EntryLinked, Changes: changed("articles", reference, "")})
		return nil
	}})
}
