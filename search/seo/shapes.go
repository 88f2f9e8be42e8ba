package seo

import "maps"

// of are the properties of any page, with those of a type.
func of(own map[string][]string) map[string][]string {
	all := map[string][]string{
		"url": {"url"}, "description": {"text"}, "inLanguage": {"text"}, "image": {"url"}, "datePublished": {"time"}, "dateModified": {"time"},
		"publisher": {"Organization"}, "author": {"Person", "Organization"}, "isPartOf": {"WebSite"},
	}
	maps.Copy(all, own)
	return all
}

var article = Shape{
	Required:    []string{"headline"},
	Recommended: []string{"datePublished", "dateModified", "publisher", "inLanguage"},
	Properties:  of(map[string][]string{"headline": {"text"}, "mainEntityOfPage": {"url"}}),
}

// shapes is the table, by type.
var shapes = map[string]Shape{
	"Article": article, "TechArticle": article, "NewsArticle": article, "BlogPosting": article,
	"Organization": {
		Required:   []string{"name"},
		Properties: map[string][]string{"name": {"text"}, "url": {"url"}, "logo": {"url"}, "sameAs": {"url"}},
	},
	"Person": {Required: []string{"name"}, Properties: map[string][]string{"name": {"text"}, "url": {"url"}}},
	"WebSite": {
		Required: []string{"name", "url"}, Recommended: []string{"potentialAction"},
		Properties: map[string][]string{"name": {"text"}, "url": {"url"}, "inLanguage": {"text"}, "publisher": {"Organization"}, "potentialAction": {"SearchAction"}},
	},
	"SearchAction": {
		Required:   []string{"target", "query-input"},
		Properties: map[string][]string{"target": {"EntryPoint"}, "query-input": {"text"}},
	},
	"EntryPoint":     {Required: []string{"urlTemplate"}, Properties: map[string][]string{"urlTemplate": {"url"}}},
	"BreadcrumbList": {Required: []string{"itemListElement"}, Properties: map[string][]string{"itemListElement": {"ListItem"}}},
	"ListItem": {
		Required:   []string{"position", "name"},
		Properties: map[string][]string{"position": {"number"}, "name": {"text"}, "item": {"url"}},
	},
	"FAQPage": {
		Required:   []string{"mainEntity"},
		Properties: of(map[string][]string{"headline": {"text"}, "mainEntity": {"Question"}}),
	},
	"QAPage": {
		Required:   []string{"mainEntity"},
		Properties: of(map[string][]string{"headline": {"text"}, "mainEntity": {"Question"}}),
	},
	"Question": {
		Required: []string{"name"}, OneOf: []string{"acceptedAnswer", "suggestedAnswer", "answerCount"},
		Properties: map[string][]string{
			"name": {"text"}, "text": {"text"}, "answerCount": {"number"}, "upvoteCount": {"number"}, "dateCreated": {"time"}, "author": {"Person", "Organization"},
			"acceptedAnswer": {"Answer"}, "suggestedAnswer": {"Answer"},
		},
	},
	"Answer": {
		Required:   []string{"text"},
		Properties: map[string][]string{"text": {"text"}, "url": {"url"}, "upvoteCount": {"number"}, "dateCreated": {"time"}, "author": {"Person", "Organization"}},
	},
	"HowTo": {
		Required: []string{"name", "step"}, Recommended: []string{"description", "inLanguage"},
		Properties: of(map[string][]string{"name": {"text"}, "totalTime": {"duration"}, "tool": {"text"}, "supply": {"text"}, "step": {"HowToStep"}}),
	},
	"HowToStep": {
		Required:   []string{"text"},
		Properties: map[string][]string{"position": {"number"}, "name": {"text"}, "text": {"text"}, "url": {"url"}, "image": {"url"}},
	},
	"VideoObject": {
		Required: []string{"name", "thumbnailUrl", "uploadDate"}, OneOf: []string{"contentUrl", "embedUrl"}, Recommended: []string{"description", "duration"},
		Properties: of(map[string][]string{
			"name": {"text"}, "thumbnailUrl": {"url"}, "uploadDate": {"time"}, "duration": {"duration"}, "contentUrl": {"url"}, "embedUrl": {"url"}, "transcript": {"text"},
		}),
	},
	"Course": {
		Required: []string{"name", "description"}, Recommended: []string{"provider", "hasCourseInstance", "offers"},
		Properties: of(map[string][]string{"name": {"text"}, "provider": {"Organization"}, "offers": {"Offer"}, "hasCourseInstance": {"CourseInstance"}}),
	},
	"CourseInstance": {
		Required: []string{"courseMode"}, OneOf: []string{"courseWorkload", "startDate"},
		Properties: map[string][]string{
			"name": {"text"}, "courseMode": {"text"}, "courseWorkload": {"duration"}, "startDate": {"time"}, "endDate": {"time"}, "location": {"Place", "VirtualLocation"},
		},
	},
	"Offer": {
		OneOf:      []string{"category", "price"},
		Properties: map[string][]string{"category": {"text"}, "price": {"text", "number"}, "priceCurrency": {"text"}, "url": {"url"}},
	},
	"Event": {
		Required: []string{"name", "startDate", "location"}, Recommended: []string{"endDate", "eventStatus", "eventAttendanceMode", "organizer", "description"},
		Properties: map[string][]string{
			"name": {"text"}, "url": {"url"}, "description": {"text"}, "inLanguage": {"text"}, "image": {"url"}, "startDate": {"time"}, "endDate": {"time"},
			"eventAttendanceMode": {"url"}, "eventStatus": {"url"}, "location": {"Place", "VirtualLocation"}, "organizer": {"Organization", "Person"}, "offers": {"Offer"},
		},
	},
	"Place":           {OneOf: []string{"name", "address"}, Properties: map[string][]string{"name": {"text"}, "address": {"text"}, "url": {"url"}}},
	"VirtualLocation": {Required: []string{"url"}, Properties: map[string][]string{"name": {"text"}, "url": {"url"}}},
}
