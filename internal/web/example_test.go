package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// One declaration serves an operation and describes it; what the handler
// returns as an error becomes the answer.
func ExampleAPI() {
	type caseIn struct {
		Subject string `json:"subject" validate:"required,max=200" doc:"What it is about."`
	}
	type caseOut struct {
		ID string `json:"id"`
	}
	api := web.NewAPI("cases", nil)
	api.Handle(web.Op{
		Method: "POST", Path: "/cases", Name: "cases.open", Summary: "Opens a case.", Policy: "cases.open",
		In: caseIn{}, Out: caseOut{}, Create: true,
	}, func(w http.ResponseWriter, r *http.Request) error {
		in, err := web.Decode[caseIn](w, r, 0)
		if err != nil {
			return err
		}
		if in.Subject == "" {
			return errs.Field("subject", "error.field.required", nil)
		}
		return web.JSON(w, r, http.StatusCreated, caseOut{ID: "c1"})
	})

	mux := http.NewServeMux()
	mux.Handle("/support/api/", http.StripPrefix("/support/api", api.Handler()))
	for _, body := range []string{`{"subject":"Printer on fire"}`, `{"subject":7}`, `{"subject":""}`} {
		r := httptest.NewRequest("POST", "/support/api/cases", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		_, faults, _ := strings.Cut(w.Body.String(), `"errors":`)
		fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", faults)))
	}
	fmt.Println(api.OpenAPI("/support/api").Paths["/support/api/cases"]["post"].Summary)
	// Output:
	// 201
	// 422 {"subject":"It must be text."}}
	// 422 {"subject":"It is needed."}}
	// Opens a case.
}
