package seo

import "cmp"

// SchemaType returns "Organization".
func (Organization) SchemaType() string { return "Organization" }

// SchemaType returns "Person".
func (Person) SchemaType() string { return "Person" }

// SchemaType returns "WebSite".
func (WebSite) SchemaType() string { return "WebSite" }

// SchemaType returns "SearchAction".
func (SearchAction) SchemaType() string { return "SearchAction" }

// SchemaType returns "BreadcrumbList".
func (BreadcrumbList) SchemaType() string { return "BreadcrumbList" }

// SchemaType returns "ListItem".
func (ListItem) SchemaType() string { return "ListItem" }

// SchemaType returns the kind of article.
func (a Article) SchemaType() string { return cmp.Or(a.Kind, "Article") }

// SchemaType returns "FAQPage".
func (FAQPage) SchemaType() string { return "FAQPage" }

// SchemaType returns "QAPage".
func (QAPage) SchemaType() string { return "QAPage" }

// SchemaType returns "Question".
func (Question) SchemaType() string { return "Question" }

// SchemaType returns "Answer".
func (Answer) SchemaType() string { return "Answer" }

// SchemaType returns "HowTo".
func (HowTo) SchemaType() string { return "HowTo" }

// SchemaType returns "HowToStep".
func (Step) SchemaType() string { return "HowToStep" }

// SchemaType returns "VideoObject".
func (VideoObject) SchemaType() string { return "VideoObject" }

// SchemaType returns "Course".
func (Course) SchemaType() string { return "Course" }

// SchemaType returns "CourseInstance".
func (CourseInstance) SchemaType() string { return "CourseInstance" }

// SchemaType returns "Offer".
func (Offer) SchemaType() string { return "Offer" }

// SchemaType returns "Event".
func (Event) SchemaType() string { return "Event" }

// SchemaType returns "Place", or "VirtualLocation".
func (p Place) SchemaType() string {
	if p.Virtual {
		return "VirtualLocation"
	}
	return "Place"
}

// Each is written as an object that says its type; the local types have the same
// members and no methods.

// MarshalJSON writes o as JSON-LD without a context.
func (o Organization) MarshalJSON() ([]byte, error) {
	type members Organization
	return typed(o.SchemaType(), members(o))
}

// MarshalJSON writes p as JSON-LD without a context.
func (p Person) MarshalJSON() ([]byte, error) {
	type members Person
	return typed(p.SchemaType(), members(p))
}

// MarshalJSON writes w as JSON-LD without a context.
func (w WebSite) MarshalJSON() ([]byte, error) {
	type members WebSite
	return typed(w.SchemaType(), members(w))
}

// MarshalJSON writes s as JSON-LD without a context.
func (s SearchAction) MarshalJSON() ([]byte, error) {
	return typed(s.SchemaType(), struct {
		Target entryPoint `json:"target"`
		Input  string     `json:"query-input"`
	}{entryPoint{s.Target}, "required name=search_term_string"})
}

type entryPoint struct {
	Template string `json:"urlTemplate"`
}

func (e entryPoint) MarshalJSON() ([]byte, error) {
	type members entryPoint
	return typed("EntryPoint", members(e))
}

// MarshalJSON writes b as JSON-LD without a context.
func (b BreadcrumbList) MarshalJSON() ([]byte, error) {
	type members BreadcrumbList
	return typed(b.SchemaType(), members(b))
}

// MarshalJSON writes i as JSON-LD without a context.
func (i ListItem) MarshalJSON() ([]byte, error) {
	type members ListItem
	return typed(i.SchemaType(), members(i))
}

// MarshalJSON writes a as JSON-LD without a context.
func (a Article) MarshalJSON() ([]byte, error) {
	type members Article
	return typed(a.SchemaType(), members(a))
}

// MarshalJSON writes f as JSON-LD without a context.
func (f FAQPage) MarshalJSON() ([]byte, error) {
	type members FAQPage
	return typed(f.SchemaType(), members(f))
}

// MarshalJSON writes q as JSON-LD without a context.
func (q QAPage) MarshalJSON() ([]byte, error) {
	type members QAPage
	return typed(q.SchemaType(), members(q))
}

// MarshalJSON writes q as JSON-LD without a context.
func (q Question) MarshalJSON() ([]byte, error) {
	type members Question
	return typed(q.SchemaType(), members(q))
}

// MarshalJSON writes a as JSON-LD without a context.
func (a Answer) MarshalJSON() ([]byte, error) {
	type members Answer
	return typed(a.SchemaType(), members(a))
}

// MarshalJSON writes h as JSON-LD without a context.
func (h HowTo) MarshalJSON() ([]byte, error) {
	type members HowTo
	return typed(h.SchemaType(), members(h))
}

// MarshalJSON writes s as JSON-LD without a context.
func (s Step) MarshalJSON() ([]byte, error) {
	type members Step
	return typed(s.SchemaType(), members(s))
}

// MarshalJSON writes v as JSON-LD without a context.
func (v VideoObject) MarshalJSON() ([]byte, error) {
	type members VideoObject
	return typed(v.SchemaType(), members(v))
}

// MarshalJSON writes c as JSON-LD without a context.
func (c Course) MarshalJSON() ([]byte, error) {
	type members Course
	return typed(c.SchemaType(), members(c))
}

// MarshalJSON writes c as JSON-LD without a context.
func (c CourseInstance) MarshalJSON() ([]byte, error) {
	type members CourseInstance
	return typed(c.SchemaType(), members(c))
}

// MarshalJSON writes o as JSON-LD without a context.
func (o Offer) MarshalJSON() ([]byte, error) {
	type members Offer
	return typed(o.SchemaType(), members(o))
}

// MarshalJSON writes e as JSON-LD without a context.
func (e Event) MarshalJSON() ([]byte, error) {
	type members Event
	return typed(e.SchemaType(), members(e))
}

// MarshalJSON writes p as JSON-LD without a context.
func (p Place) MarshalJSON() ([]byte, error) {
	type members Place
	return typed(p.SchemaType(), members(p))
}
