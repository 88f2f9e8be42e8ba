package seo

// Page is what any page can say of itself.
type Page struct {
	URL           string        `json:"url,omitempty"`
	Description   string        `json:"description,omitempty"`
	InLanguage    string        `json:"inLanguage,omitempty"`
	Image         []string      `json:"image,omitempty"`
	DatePublished Moment        `json:"datePublished,omitzero"`
	DateModified  Moment        `json:"dateModified,omitzero"`
	Publisher     *Organization `json:"publisher,omitempty"`
	Author        *Person       `json:"author,omitempty"`
	PartOf        *WebSite      `json:"isPartOf,omitempty"`
}

// An Organization answers for something.
type Organization struct {
	Name   string   `json:"name"`
	URL    string   `json:"url,omitempty"`
	Logo   string   `json:"logo,omitempty"`
	SameAs []string `json:"sameAs,omitempty"` // its pages elsewhere
}

// A Person wrote or asked something.
type Person struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// A WebSite is a whole site.
type WebSite struct {
	Name       string        `json:"name"`
	URL        string        `json:"url"`
	InLanguage string        `json:"inLanguage,omitempty"`
	Publisher  *Organization `json:"publisher,omitempty"`
	Search     *SearchAction `json:"potentialAction,omitempty"`
}

// A SearchAction says how a site is searched.
type SearchAction struct {
	Target string // address with {search_term_string} in the place of the words
}

// A BreadcrumbList is the way from the home page to a page.
type BreadcrumbList struct {
	Items []ListItem `json:"itemListElement"`
}

// A ListItem is a step of a [BreadcrumbList].
type ListItem struct {
	Position int    `json:"position"` // from 1
	Name     string `json:"name"`
	Item     string `json:"item,omitempty"` // absolute address; the last may have none
}

// An Article is a text.
type Article struct {
	Kind     string `json:"-"` // "TechArticle", "NewsArticle" or "BlogPosting"; empty means "Article"
	Headline string `json:"headline"`
	Page
	MainPage string `json:"mainEntityOfPage,omitempty"`
}

// An FAQPage is a page of questions that the site itself answers.
type FAQPage struct {
	Headline string `json:"headline,omitempty"`
	Page
	Questions []Question `json:"mainEntity"`
}

// A QAPage is a page of one question that people answer.
type QAPage struct {
	Headline string `json:"headline,omitempty"`
	Page
	Question Question `json:"mainEntity"`
}

// A Question is asked on a page.
type Question struct {
	Name        string   `json:"name"`
	Text        string   `json:"text,omitempty"` // the whole of it
	AnswerCount *int     `json:"answerCount,omitempty"`
	UpvoteCount *int     `json:"upvoteCount,omitempty"`
	DateCreated Moment   `json:"dateCreated,omitzero"`
	Author      *Person  `json:"author,omitempty"`
	Accepted    *Answer  `json:"acceptedAnswer,omitempty"`
	Suggested   []Answer `json:"suggestedAnswer,omitempty"`
}

// An Answer answers a [Question].
type Answer struct {
	Text        string  `json:"text"` // may be HTML
	URL         string  `json:"url,omitempty"`
	UpvoteCount *int    `json:"upvoteCount,omitempty"`
	DateCreated Moment  `json:"dateCreated,omitzero"`
	Author      *Person `json:"author,omitempty"`
}

// A HowTo is a way to a goal, step by step.
type HowTo struct {
	Name string `json:"name"`
	Page
	TotalTime Duration `json:"totalTime,omitzero"`
	Tools     []string `json:"tool,omitempty"`
	Supplies  []string `json:"supply,omitempty"`
	Steps     []Step   `json:"step"`
}

// A Step is a step of a [HowTo].
type Step struct {
	Position int    `json:"position"` // from 1
	Name     string `json:"name,omitempty"`
	Text     string `json:"text"`
	URL      string `json:"url,omitempty"`
	Image    string `json:"image,omitempty"`
}

// A VideoObject is something to watch.
type VideoObject struct {
	Name string `json:"name"`
	Page
	Thumbnail  []string `json:"thumbnailUrl,omitempty"`
	UploadDate Moment   `json:"uploadDate,omitzero"`
	Duration   Duration `json:"duration,omitzero"`
	ContentURL string   `json:"contentUrl,omitempty"`
	EmbedURL   string   `json:"embedUrl,omitempty"`
	Transcript string   `json:"transcript,omitempty"`
}

// A Course is something to learn.
type Course struct {
	Name string `json:"name"`
	Page
	Provider  *Organization    `json:"provider,omitempty"`
	Offers    []Offer          `json:"offers,omitempty"`
	Instances []CourseInstance `json:"hasCourseInstance,omitempty"`
}

// Modes of a [CourseInstance].
const (
	ModeOnline  = "online"
	ModeOnsite  = "onsite"
	ModeBlended = "blended"
)

// A CourseInstance is a [Course] as it is held: at a time, or whenever one likes.
type CourseInstance struct {
	Name      string   `json:"name,omitempty"`
	Mode      string   `json:"courseMode"`
	Workload  Duration `json:"courseWorkload,omitzero"`
	StartDate Moment   `json:"startDate,omitzero"`
	EndDate   Moment   `json:"endDate,omitzero"`
	Location  *Place   `json:"location,omitempty"`
}

// An Offer says what something costs.
type Offer struct {
	Category string `json:"category,omitempty"` // "Free", "Paid", "Subscription"
	Price    string `json:"price,omitempty"`    // "49.00"
	Currency string `json:"priceCurrency,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Ways to attend an [Event].
const (
	AttendOnline = "https://schema.org/OnlineEventAttendanceMode"
	AttendOnsite = "https://schema.org/OfflineEventAttendanceMode"
	AttendMixed  = "https://schema.org/MixedEventAttendanceMode"
)

// How it stands with an [Event].
const (
	EventScheduled = "https://schema.org/EventScheduled"
	EventCancelled = "https://schema.org/EventCancelled"
	EventMoved     = "https://schema.org/EventRescheduled"
)

// An Event takes place at a time.
type Event struct {
	Name      string        `json:"name"`
	URL       string        `json:"url,omitempty"`
	About     string        `json:"description,omitempty"`
	Language  string        `json:"inLanguage,omitempty"`
	Image     []string      `json:"image,omitempty"`
	StartDate Moment        `json:"startDate"`
	EndDate   Moment        `json:"endDate,omitzero"`
	Attend    string        `json:"eventAttendanceMode,omitempty"`
	Status    string        `json:"eventStatus,omitempty"`
	Location  Place         `json:"location"`
	Organizer *Organization `json:"organizer,omitempty"`
	Offers    []Offer       `json:"offers,omitempty"`
}

// A Place is where something is: in a building, or at an address of the web.
type Place struct {
	Virtual bool   `json:"-"`
	Name    string `json:"name,omitempty"`
	URL     string `json:"url,omitempty"`
	Address string `json:"address,omitempty"` // of a building
}
