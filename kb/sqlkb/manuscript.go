package sqlkb

import (
	"cmp"
	"context"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// Manuscripts implements [kb.ArticleStore].
func (s *Store) Manuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error) {
	w := manuscripts(scope, q)
	if err := pastManuscript(w, q); err != nil {
		return nil, "", err
	}
	limit := cmp.Or(max(q.Limit, 0), 50)
	var rows []articleRow
	err := s.db.Select(ctx, &rows, `select `+articleColumns+` from stoa_article `+w.String()+deskOrder(q.Order)+` limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	more := len(rows) > limit
	var page []kb.Article
	for _, r := range rows[:min(len(rows), limit)] {
		page = append(page, r.article())
	}
	if err := s.translations(ctx, page); err != nil || !more {
		return page, "", err
	}
	return page, manuscriptToken(q.Order, page[limit-1]), nil
}

// CountManuscripts implements [kb.ArticleStore].
func (s *Store) CountManuscripts(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
	w, n := manuscripts(scope, q), 0
	err := s.db.Get(ctx, &n, "count", `select count(*) from (select 1 from stoa_article `+w.String()+` limit `+w.Arg(max(most, 0))+`) as found`, w.Args()...)
	return n, err
}

func deskOrder(order kb.ManuscriptOrder) string {
	switch order {
	case kb.ManuscriptsOldest:
		return ` order by updated_at, id`
	case kb.ManuscriptsTitle:
		return ` order by heading, id`
	}
	return ` order by updated_at desc, id`
}

// manuscripts returns the conditions of a query at the desk.
func manuscripts(scope kb.DeskScope, q kb.ManuscriptQuery) *sqldb.Where {
	w := filter(&sqldb.Where{}, kb.ArticleQuery{IDs: q.IDs, Categories: q.Categories, Kinds: q.Kinds, Product: q.Product})
	if sqldb.CheckText(q.Owner, q.Lacks, q.Locale, string(q.Status), q.Title) != nil {
		return w.And("1 = 0")
	}
	if q.Binned {
		w.And("deleted_at is not null")
	} else {
		w.And("deleted_at is null")
	}
	if q.Owner != "" {
		w.And("owner = ?", q.Owner)
	}
	if q.Lacks != "" {
		w.And("not exists (select 1 from stoa_translation t where t.article = stoa_article.id and t.locale = ?)", q.Lacks)
	}
	ofText(w, q)
	if scope.Sight != nil {
		inScope(w, scope)
	}
	return w
}

// ofText adds what is asked of one and the same text.
func ofText(w *sqldb.Where, q kb.ManuscriptQuery) {
	var conds []string
	var args []any
	add := func(asked bool, cond string, arg ...any) {
		if asked {
			conds, args = append(conds, cond), append(args, arg...)
		}
	}
	add(q.Locale != "", "t.locale = ?", q.Locale)
	add(q.Status != "", "t.status = ?", string(q.Status))
	add(q.Title != "", `t.fold like ? escape '\'`, "%"+sqldb.EscapeLike(q.Title)+"%")
	add(q.Ahead, "t.status = 'published' and t.live > 0 and t.head > t.live")
	add(q.Stale, `t.locale <> stoa_article.source and exists (
		select 1 from stoa_translation s where s.article = t.article and s.locale = stoa_article.source and s.live > t.based)`)
	if conds != nil {
		w.And("exists (select 1 from stoa_translation t where t.article = stoa_article.id and "+strings.Join(conds, " and ")+")", args...)
	}
}

// inScope adds the condition that an article is what its readers see and stands
// where they see it, or is somebody's own.
func inScope(w *sqldb.Where, scope kb.DeskScope) {
	prior := w.Args()
	inner := filter(sqldb.NewWhere(prior...), kb.ArticleQuery{Sight: scope.Sight, Categories: append([]string{}, scope.Categories...)})
	cond := "(" + strings.TrimPrefix(inner.String(), "where ") + ")"
	if scope.Owner != "" && sqldb.CheckText(scope.Owner) == nil {
		cond = "(" + cond + " or owner = " + inner.Arg(scope.Owner) + ")"
	}
	w.Numbered(cond, inner.Args()[len(prior):]...)
}

func manuscriptToken(order kb.ManuscriptOrder, a kb.Article) string {
	if order == kb.ManuscriptsTitle {
		return cursor.Encode(heading(a), a.ID)
	}
	return cursor.Encode(cursor.FormatTime(a.UpdatedAt), a.ID)
}

func pastManuscript(w *sqldb.Where, q kb.ManuscriptQuery) error {
	if q.After == "" {
		return nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return err
	}
	if q.Order == kb.ManuscriptsTitle {
		w.And("(heading, id) > (?, ?)", parts[0], parts[1])
		return sqldb.CheckText(parts...)
	}
	at, err := cursor.ParseTime(parts[0])
	sign := "<"
	if q.Order == kb.ManuscriptsOldest {
		sign = ">"
	}
	w.And("(updated_at "+sign+" ? or updated_at = ? and id > ?)", sqldb.At(at), sqldb.At(at), parts[1])
	return err
}

// heading is what an article is sorted by in the order of titles.
func heading(a kb.Article) string {
	t, _ := a.In(a.Source)
	return strings.ToLower(t.Title)
}

// ofScope adds the condition that a row is of an article in the scope.
func ofScope(w *sqldb.Where, scope kb.DeskScope) {
	if scope.Sight != nil {
		among(w, kb.ArticleQuery{Sight: scope.Sight, Categories: append([]string{}, scope.Categories...)}, scope.Owner)
	}
}

// there adds the condition that a row is of an article that is not in the bin.
func there(w *sqldb.Where) {
	w.And("article not in (select id from stoa_article where deleted_at is not null)")
}
