package profile_test

import (
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/profile"
)

func Example_readme() {
	// Your sign-in says who is asking; every request is asked anew.
	auth := profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		return profile.Actor{ID: "sverre", Account: "nordkap", Segments: []string{"partner"}}, nil
	})
	handler := profile.Middleware(auth, nil)(http.NotFoundHandler())
	_ = handler

	guide := profile.NewAudience("partner", "staff") // whoever is in any of these
	trial := guide.And(profile.NewAudience("beta"))  // and in this one as well
	by := profile.Actor{ID: "sverre", Segments: []string{"partner"}}
	fmt.Println(by.Sight().Admits(guide), by.Sight().Admits(trial))
	fmt.Println(by.Sight().Where("my_audience", "my_table.id", 1)) // the same rule as SQL
	// Output:
	// true false
	// exists (select 1 from my_audience sight where sight.ref = my_table.id and sight.segment in ($1, $2, $3, $4) group by sight.term, sight.parts having count(*) = sight.parts) [partner person:sverre public signed-in]
}
