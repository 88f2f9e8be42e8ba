package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type exportParams struct {
	History bool `query:"history" doc:"with all earlier texts, each with who wrote it, when and why"`
}

func (l *Library) serveTransfer(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/export", Name: "kb.export", Summary: "Returns what the asker sees at the desk as a ZIP of Markdown files with their pictures.",
		Policy: string(profile.PermissionContentImport), Params: exportParams{}, Produces: "application/zip",
	}, l.serveExport)
}

func (l *Library) serveExport(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[exportParams](r)
	if err != nil {
		return err
	}
	web.Unhurried(r)
	out := &archive{ResponseWriter: w}
	err = l.export(r.Context(), profile.FromContext(r.Context()), out, p.History)
	if err != nil && out.begun {
		// Nobody must take a half for the whole.
		l.log.ErrorContext(r.Context(), "export cut off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// An archive sends a document as a ZIP, from its first byte on.
type archive struct {
	http.ResponseWriter
	begun bool
}

// Write sends p.
func (a *archive) Write(p []byte) (int, error) {
	if !a.begun {
		a.begun = true
		h := a.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", `attachment; filename="articles.zip"`)
		h.Set("Cache-Control", "private, no-store")
		h.Set("X-Content-Type-Options", "nosniff")
	}
	return a.ResponseWriter.Write(p)
}
