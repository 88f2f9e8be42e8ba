package blevesearch_test

import (
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// bare is bleve as its manual says to use it, for the same job and no other:
// two English text fields that can be highlighted, and keys to filter and count.
type bare struct{ bleve.Index }

func newBare(t testing.TB, dir string) bare {
	t.Helper()
	x, err := bleve.NewUsing(dir, bareMapping(), scorch.Name, scorch.Name, nil)
	require.NoError(t, err)
	return bare{x}
}

func bareMapping() mapping.IndexMapping {
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.IncludeInAll, text.DocValues = "en", false, false
	key := bleve.NewKeywordFieldMapping()
	key.IncludeInAll, key.Store, key.IncludeTermVectors = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range []string{"title", "body"} {
		doc.AddFieldMappingsAt(name, text)
	}
	for _, name := range []string{"audience", "serves", "product", "kind"} {
		doc.AddFieldMappingsAt(name, key)
	}
	m := bleve.NewIndexMapping()
	m.DefaultMapping = doc
	return m
}

func (b bare) apply(docs []search.Document) error {
	batch := b.NewBatch()
	for _, d := range docs {
		err := batch.Index(d.ID, map[string]any{
			"title": d.Title, "body": d.Body, "audience": []string(d.Audience), "serves": d.Serves,
			"product": d.Facets["product"], "kind": d.Facets["kind"],
		})
		if err != nil {
			return err
		}
	}
	return b.Batch(batch)
}

// find is a search page: any of the words, the audience and the language as
// filters, two facets, titles and highlights of ten hits.
func (b bare) find(text string) error {
	title, body := bleve.NewMatchQuery(text), bleve.NewMatchQuery(text)
	title.SetField("title")
	title.SetBoost(2)
	body.SetField("body")
	audience, serves := bleve.NewTermQuery("public"), bleve.NewTermQuery("en")
	audience.SetField("audience")
	serves.SetField("serves")
	q := bleve.NewBooleanQuery()
	q.AddMust(bleve.NewDisjunctionQuery(title, body))
	q.AddFilter(bleve.NewConjunctionQuery([]query.Query{audience, serves}...))
	r := bleve.NewSearchRequest(q)
	r.Fields = []string{"title"}
	r.AddFacet("product", bleve.NewFacetRequest("product", 20))
	r.AddFacet("kind", bleve.NewFacetRequest("kind", 10))
	r.Highlight = bleve.NewHighlightWithStyle("html")
	_, err := b.Search(r)
	return err
}
