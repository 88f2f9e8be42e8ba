package kb

import (
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveBulk(api *web.API) {
	write, publish := byWriters, string(profile.PermissionContentPublish)
	api.Handle(web.Op{
		Method: "POST", Path: "/bulk", Name: "kb.bulk", Summary: "Makes one change to many articles, each whole or not at all; \"try\" only tells what it would do.",
		Policy: publish + "; before they are published " + write, In: bulkWire{}, Out: []bulkResultWire{},
	}, l.serveBulkChange)
}

type bulkWire struct {
	Do       BulkDeed       `json:"do" doc:"\"move\", \"audience\", \"owner\", \"product\", \"unproduct\", \"publish\", \"archive\", \"verify\" or \"delete\""`
	Category string         `json:"category,omitempty"`
	Audience []string       `json:"audience,omitempty"`
	Owner    string         `json:"owner,omitempty"`
	Product  string         `json:"product,omitempty"`
	Try      bool           `json:"try,omitempty" doc:"change nothing"`
	Articles []bulkItemWire `json:"articles" doc:"at most 200"`
}

type bulkItemWire struct {
	Article string `json:"article"`
	Version int    `json:"version,omitempty" doc:"as it was read; not needed to try"`
}

type bulkResultWire struct {
	Article string            `json:"article"`
	Version int               `json:"version"`
	Title   string            `json:"title,omitempty"`
	Changes bool              `json:"changes"`
	Error   string            `json:"error,omitempty" doc:"\"not_found\", \"forbidden\", \"conflict\" or \"invalid\""`
	Fields  map[string]string `json:"fields,omitempty" doc:"message keys by field"`
}

func (l *Library) serveBulkChange(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[bulkWire](w, r, 0)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	c := BulkChange{Do: in.Do, Category: in.Category, Audience: in.Audience, Owner: in.Owner, Product: in.Product}
	var items []BulkItem
	var ids []string
	for i, item := range in.Articles {
		if item.Version == 0 && !in.Try {
			return errs.Field("articles", "error.field.required", map[string]any{"n": i})
		}
		items, ids = append(items, BulkItem(item)), append(ids, item.Article)
	}
	var results []BulkResult
	if in.Try {
		results, err = l.TryBulk(r.Context(), by, c, ids)
	} else {
		results, err = l.Bulk(r.Context(), by, c, items)
	}
	if err != nil {
		return err
	}
	out := make([]bulkResultWire, 0, len(results))
	for _, one := range results {
		out = append(out, wireOfBulk(one))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func wireOfBulk(r BulkResult) bulkResultWire {
	out := bulkResultWire{Article: r.Article, Version: r.Version, Title: r.Title, Changes: r.Changes}
	out.Error = errorClass(r.Err)
	if fields, ok := errors.AsType[errs.Fields](r.Err); ok {
		out.Fields = map[string]string{}
		for field, m := range fields {
			out.Fields[field] = m.Key
		}
	}
	return out
}

// errorClass names what kind of error it is, "" for none of those that are told.
func errorClass(err error) string {
	for class, name := range map[error]string{ErrNotFound: "not_found", ErrForbidden: "forbidden", ErrConflict: "conflict", ErrInvalid: "invalid"} {
		if errors.Is(err, class) {
			return name
		}
	}
	return ""
}
