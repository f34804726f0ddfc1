// What a program does with the client that openapi-generator makes of openapi.json for Java (its `native` library, over
// java.net.http): it reads, writes and is refused, and checks what it gets to the last digit. Run by tests/clients.

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import taizhang.ApiClient;
import taizhang.ApiException;
import taizhang.api.AttachmentsApi;
import taizhang.api.MetricsApi;
import taizhang.api.ObservationsApi;
import taizhang.api.ObservationsApi.APIListObservationsRequest;
import taizhang.api.ProjectsApi;
import taizhang.api.ProjectsApi.APIShowProjectRequest;
import taizhang.api.StatisticsApi;
import taizhang.api.StatisticsApi.APIListMetricAggregatesRequest;
import taizhang.api.StatisticsApi.APIListMetricRanksRequest;
import taizhang.api.StatisticsApi.APIListMetricSeriesRequest;
import taizhang.api.VillagesApi;
import taizhang.api.VillagesApi.APIListVillagesRequest;
import taizhang.model.GroupBy;
import taizhang.model.ObservationInput;
import taizhang.model.ObservationsInput;
import taizhang.model.Problem;
import taizhang.model.ProblemError;
import taizhang.model.ProjectChanges;
import taizhang.model.ProjectInput;
import taizhang.model.ProjectKind;
import taizhang.model.Role;
import taizhang.model.SelectedObservation;
import taizhang.model.Stage;

public final class Main {
    private static final String TOWN = "430681107";
    private static final String PNG =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private Main() {}

    /** A call of the service that is to be refused. */
    private interface Call {
        void run() throws ApiException;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static ApiException refused(Call call) {
        try {
            call.run();
        } catch (ApiException refusal) {
            return refusal;
        }
        throw new AssertionError("this is to be refused");
    }

    public static void main(String[] arguments) throws Exception {
        var url = arguments[0];
        var client = new ApiClient();
        client.updateBaseUri(url);
        client.setRequestInterceptor(request -> request
            .header("Accept-Language", "en")
            .header("Authorization", "Bearer " + System.getenv("TAIZHANG_KEY")));
        var observations = new ObservationsApi(client);
        var statistics = new StatisticsApi(client);
        var projects = new ProjectsApi(client);

        // The villages of 弼时镇.
        var villages = new VillagesApi(client).listVillages(APIListVillagesRequest.newBuilder().within(TOWN).build());
        check(villages.getItems().size() == 18, "18 villages");
        check(villages.getItems().stream().anyMatch(village -> village.getName().equals("序贤村")), "序贤村");

        // Every observation, page by page.
        var seen = new ArrayList<Long>();
        String cursor = null;
        do {
            var page = observations.listObservations(
                APIListObservationsRequest.newBuilder().limit(20L).cursor(cursor).build());
            page.getItems().forEach(item -> seen.add(item.getId()));
            cursor = page.getNext();
        } while (cursor != null);
        check(seen.size() > 40 && new HashSet<>(seen).size() == seen.size(), "every observation once");

        // Two values of one parameter.
        var both = observations.listObservations(
            APIListObservationsRequest.newBuilder().role(List.of(Role.ACTUAL, Role.TARGET)).limit(1000L).build());
        check(both.getItems().size() == seen.size(), "results and targets");

        // One observation, with and without a day that it is read as of.
        var id = both.getItems().get(0).getId();
        var now = observations.showObservation(id, null, null, null, null);
        var then = observations.showObservation(id, "2023-12-31", null, null, null);
        check(now.getId().equals(id) && then.equals(now), "the same figure then and now");

        // A ranking, a series and a roll-up.
        var metric = "housing.relocation.households";
        var ranking = statistics.listMetricRanks(
            APIListMetricRanksRequest.newBuilder().code(metric).within(TOWN).period("2022").build());
        check(ranking.getMeta().getMetric().equals(metric), "a ranking");
        var series = statistics.listMetricSeries(
            APIListMetricSeriesRequest.newBuilder().code(metric).area(List.of(TOWN)).build());
        check(series.getItems().get(0).getValue().equals(new BigDecimal("106")), "106 households");
        var totals = statistics.listMetricAggregates(APIListMetricAggregatesRequest.newBuilder()
            .code(metric).within("4306").groupBy(GroupBy.COUNTY).period("2022").build());
        check(totals.getMeta().getGroupBy() == GroupBy.COUNTY, "a roll-up");

        // A file: the client reads JSON only, so this is a request of one's own.
        var file = HttpRequest.newBuilder(URI.create(url + "/api/v1/villages?format=csv&within=" + TOWN)).build();
        var csv = client.getHttpClient().send(file, BodyHandlers.ofString());
        check(csv.statusCode() == 200 && csv.body().startsWith("code,name,"), "a CSV file");
        check(csv.body().lines().count() == 19, "a header and 18 villages");

        // A project, made twice with one key and made once; then changed. What is not set is not sent.
        var body = new ProjectInput().code("client-java").name("示范项目").kind(ProjectKind.SERVICE)
            .areas(List.of(TOWN)).stage(Stage.IDEA);
        var once = UUID.randomUUID().toString();
        var made = projects.createProjectWithHttpInfo(body, null, once);
        var again = projects.createProjectWithHttpInfo(body, null, once);
        check(made.getStatusCode() == 201 && again.getStatusCode() == 201, "created");
        check(made.getData().equals(again.getData()), "created once");
        var tag = made.getHeaders().get("etag").get(0);
        var changes = new ProjectChanges().name("示范工程").leadUnit("镇农业综合服务中心");
        var changed = projects.updateProject("client-java", tag, changes);
        check(changed.getName().equals("示范工程"), "another name");
        check(changed.getLeadUnit().equals("镇农业综合服务中心"), "another unit");
        check(changed.getAreas().equals(made.getData().getAreas()), "the same areas");
        var stale = refused(() -> projects.updateProject("client-java", tag, changes));
        check(stale.getCode() == 412, "stale");

        // What is refused says why.
        var lost = problem(client, refused(() -> projects.showProject(
            APIShowProjectRequest.newBuilder().code("no-such").build())));
        check(lost.getStatus() == 404 && lost.getType().equals("/problems/not_found"), "not found");
        var wrong = problem(client, refused(() -> projects.createProject(
            new ProjectInput().code("client-java-2").name("x").kind(ProjectKind.SERVICE).areas(List.of("11"))
                .stage(Stage.IDEA).report("no-such"), null, null)));
        check(wrong.getStatus() == 422, "refused");
        check(wrong.getErrors().stream().map(ProblemError::getPointer).collect(Collectors.toSet())
            .equals(Set.of("/areas/0", "/report")), "both faults with their places");

        // A read that is repeated sends nothing again: the client throws what is not 2xx.
        var metrics = new MetricsApi(client);
        var etag = metrics.showMetricWithHttpInfo(metric, null).getHeaders().get("etag").get(0);
        check(refused(() -> metrics.showMetric(metric, etag)).getCode() == 304, "not modified");

        // A photo.
        var png = Base64.getDecoder().decode(PNG);
        var path = Files.createTempFile("photo", ".png");
        Files.write(path, png);
        var photo = new AttachmentsApi(client).createAttachment(path.toFile(), null);
        Files.delete(path);
        check(photo.getSizeBytes() == png.length, "a photo");

        // Several figures at once, to the last digit.
        var values = Stream.of("1234567.89", "999999999999.125", "0.000001", "273.15")
            .map(BigDecimal::new).toList();
        var items = IntStream.range(0, values.size()).mapToObj(at -> new ObservationInput()
            .metric("land.cultivated.area").area(TOWN).period(String.valueOf(1991 + at)).value(values.get(at)))
            .toList();
        var recorded = observations.createObservations(new ObservationsInput().items(items), null, null, null);
        check(recorded.getItems().stream().map(SelectedObservation::getValue).toList().equals(values),
            "the same figures");
        System.out.println("java: all as it should be");
    }

    private static Problem problem(ApiClient client, ApiException refusal) throws java.io.IOException {
        return client.getObjectMapper().readValue(refusal.getResponseBody(), Problem.class);
    }
}
