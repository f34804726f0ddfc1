// What a program does with the client that openapi-generator makes of openapi.json for Go: it reads, writes and is
// refused, and checks what it gets to the last digit. Run by tests/clients.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"client/taizhang"
)

const town = "430681107"

func check(holds bool, what string) {
	if !holds {
		log.Fatalf("go: this does not hold: %s", what)
	}
}

// must is the answer of a call that is not refused.
func must[T any](answer *T, _ *http.Response, err error) *T {
	if err != nil {
		log.Fatal("go: ", err)
	}
	return answer
}

// problem is what a call is refused with.
func problem(err error) taizhang.Problem {
	var refusal *taizhang.GenericOpenAPIError
	check(errors.As(err, &refusal), "this is refused")
	problem, ok := refusal.Model().(taizhang.Problem)
	check(ok, "a refusal says why")
	return problem
}

func main() {
	url := os.Args[1]
	configuration := taizhang.NewConfiguration()
	configuration.Servers = taizhang.ServerConfigurations{{URL: url}}
	configuration.AddDefaultHeader("Accept-Language", "en")
	client := taizhang.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), taizhang.ContextAccessToken, os.Getenv("TAIZHANG_KEY"))

	// The villages of 弼时镇.
	villages := must(client.VillagesAPI.ListVillages(ctx).Within(town).Execute())
	found := false
	for _, village := range villages.Items {
		found = found || village.Name == "序贤村"
	}
	check(len(villages.Items) == 18 && found, "18 villages, and 序贤村 is one")

	// Every observation, page by page.
	seen, count := map[int64]bool{}, 0
	for request := client.ObservationsAPI.ListObservations(ctx).Limit(20); ; {
		page := must(request.Execute())
		for _, item := range page.Items {
			seen[item.GetId()] = true
			count++
		}
		next := page.Next.Get()
		if next == nil {
			break
		}
		request = request.Cursor(*next)
	}
	check(count > 40 && len(seen) == count, "every observation once")

	// Two values of one parameter.
	roles := []taizhang.Role{taizhang.ROLE_ACTUAL, taizhang.ROLE_TARGET}
	both := must(client.ObservationsAPI.ListObservations(ctx).Role(roles).Limit(1000).Execute())
	check(len(both.Items) == count, "results and targets")

	// One observation, with and without a day that it is read as of.
	id := both.Items[0].GetId()
	now := must(client.ObservationsAPI.ShowObservation(ctx, id).Execute())
	then := must(client.ObservationsAPI.ShowObservation(ctx, id).AsOf("2023-12-31").Execute())
	check(now.Id == id && reflect.DeepEqual(then, now), "the same figure then and now")

	// A ranking, a series and a roll-up.
	metric := "housing.relocation.households"
	ranking := must(client.StatisticsAPI.ListMetricRanks(ctx, metric).Within(town).Period("2022").Execute())
	check(ranking.Meta.Metric == metric, "a ranking")
	series := must(client.StatisticsAPI.ListMetricSeries(ctx, metric).Area([]string{town}).Execute())
	check(*series.Items[0].Value.Get() == 106, "106 households")
	totals := must(client.StatisticsAPI.ListMetricAggregates(ctx, metric).
		Within("4306").GroupBy(taizhang.GROUPBY_COUNTY).Period("2022").Execute())
	check(*totals.Meta.GroupBy.Get() == taizhang.GROUPBY_COUNTY, "a roll-up")

	// A file: the client reads JSON only, so this is a request of one's own.
	response, err := http.Get(url + "/api/v1/villages?format=csv&within=" + town)
	check(err == nil && response.StatusCode == http.StatusOK, "a CSV file")
	csv, err := io.ReadAll(response.Body)
	check(err == nil && strings.HasPrefix(string(csv), "code,name,"), "a header")
	check(strings.Count(string(csv), "\n") == 19, "a header and 18 villages")

	// A project, made twice with one key and made once; then changed. What is not set is not sent.
	kind, stage := taizhang.PROJECTKIND_SERVICE, taizhang.STAGE_IDEA
	body := taizhang.NewProjectInput("client-go", "示范项目", kind, []string{town}, stage)
	create := client.ProjectsAPI.CreateProject(ctx).ProjectInput(*body).IdempotencyKey("client-go-1")
	made, response, err := create.Execute()
	check(err == nil && response.StatusCode == http.StatusCreated, "created")
	check(reflect.DeepEqual(must(create.Execute()), made), "created once")
	changes := taizhang.NewProjectChanges()
	changes.SetName("示范工程")
	changes.SetLeadUnit("镇农业综合服务中心")
	tag := response.Header.Get("ETag")
	change := client.ProjectsAPI.UpdateProject(ctx, made.Code).IfMatch(tag).ProjectChanges(*changes)
	changed := must(change.Execute())
	check(changed.Name == "示范工程" && *changed.LeadUnit.Get() == "镇农业综合服务中心", "another name and unit")
	check(reflect.DeepEqual(changed.Areas, made.Areas), "the same areas")
	_, _, err = change.Execute()
	check(problem(err).Status == http.StatusPreconditionFailed, "stale")

	// What is refused says why.
	_, _, err = client.ProjectsAPI.ShowProject(ctx, "no-such").Execute()
	lost := problem(err)
	check(lost.Status == http.StatusNotFound && lost.Type == "/problems/not_found", "not found")
	body = taizhang.NewProjectInput("client-go-2", "x", kind, []string{"11"}, stage)
	body.SetReport("no-such")
	_, _, err = client.ProjectsAPI.CreateProject(ctx).ProjectInput(*body).Execute()
	wrong := problem(err)
	places := map[string]bool{}
	for _, fault := range wrong.Errors {
		places[fault.GetPointer()] = true
	}
	check(wrong.Status == http.StatusUnprocessableEntity, "refused")
	check(reflect.DeepEqual(places, map[string]bool{"/areas/0": true, "/report": true}), "both faults with their places")

	// A read that is repeated sends nothing again: the client takes what is not 2xx for an error.
	_, response, err = client.MetricsAPI.ShowMetric(ctx, metric).Execute()
	check(err == nil, "a metric")
	_, response, _ = client.MetricsAPI.ShowMetric(ctx, metric).IfNoneMatch(response.Header.Get("ETag")).Execute()
	check(response.StatusCode == http.StatusNotModified, "not modified")

	// A photo.
	png, err := base64.StdEncoding.DecodeString(
		"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	check(err == nil, "base64")
	folder, err := os.MkdirTemp("", "client")
	check(err == nil, "a folder")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "photo.png")
	check(os.WriteFile(path, png, 0o600) == nil, "a file")
	file, err := os.Open(path)
	check(err == nil, "the file")
	photo := must(client.AttachmentsAPI.CreateAttachment(ctx).File(file).Execute())
	check(photo.SizeBytes == int64(len(png)), "a photo")

	// Several figures at once, to the last digit.
	values := []float64{1234567.89, 999999999999.125, 0.000001, 273.15}
	figures := taizhang.NewObservationsInput()
	for at, value := range values {
		item := taizhang.NewObservationInput("land.cultivated.area", town, strconv.Itoa(1981+at))
		item.SetValue(value)
		figures.Items = append(figures.Items, *item)
	}
	recorded := must(client.ObservationsAPI.CreateObservations(ctx).ObservationsInput(*figures).Execute())
	check(len(recorded.Items) == len(values), "as many figures")
	for at, item := range recorded.Items {
		check(item.GetValue() == values[at], "the same figures")
	}
	fmt.Println("go: all as it should be")
}
