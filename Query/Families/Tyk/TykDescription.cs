using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Responses;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>Describes the Tyk Dashboard analytics.</summary>
internal sealed class TykDescription : IApiDescription
{
    private const string Example =
        """
        {"data":[{"id":{"day":0,"month":0,"year":0,"hour":0,"code":0,"path":"/get","key":"","alias":"","url":"",
        "iso_country":"","api_id":"79fc7cb80df940cc5089772200bd4926","api_name":""},
        "hits":2,"success":1,"error":1,"last_hit":"2020-10-13T14:48:51.582+05:30","request_time":498,"latency":498,"upstream_latency":497.5,
        "max_upstream_latency":747,"min_upstream_latency":248,"max_latency":748,"min_latency":248,"p95_latency":250.287}],"pages":1}
        """;

    private const string Authorization = "authorization";

    private static readonly (string Name, string Description, int Minimum, int Maximum)[] _days =
    [
        ("startDay", "Day of the first day, from 1.", 1, 31), ("startMonth", "Month of the first day, from 1.", 1, 12),
        ("startYear", "Year of the first day.", 1, 9999),
        ("endDay", "Day of the last day, which is included.", 1, 31), ("endMonth", "Month of the last day.", 1, 12),
        ("endYear", "Year of the last day.", 1, 9999),
    ];

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "tyk", "Tyk Dashboard analytics: endpoints called with a key, or by an OAuth client. Days are whole and both included.",
            Get("keys", "a key", "tykByKeyHash", InPath("keyHash", String(), "Hash of the caller's key.")),
            Get("oauthid", "an OAuth client's id", "tykByClientId", InPath("clientId", String(), "Id of the OAuth client.")));
        document.AddComponent("TykRow", Row());
        document.AddComponent("TykError", Object(("Status", Enum(["Error"])), ("Message", String()), ("Meta", Null())));
        document.AddComponent(Authorization, SecuritySchemes.InHeader("authorization", "A token with scope read, as it is or after Bearer."));
    }

    private static DescribedOperation Get(string name, string caller, string id, OpenApiParameter key) =>
        new(HttpMethod.Get, TykModule.Prefix + $"/{name}/endpoint/{{{key.Name}}}/{string.Join('/', _days.Select(day => $"{{{day.Name}}}"))}", new()
        {
            OperationId = id,
            Summary = "Endpoints called with " + caller,
            Description = "By hits, then the last hit, then the path. An unknown one is an empty response.",
            Security = [SecuritySchemes.Require(Authorization)],
            Parameters =
            [
                key,
                .. _days.Select(day => InPath(day.Name, Integer(day.Minimum, day.Maximum), day.Description)),
                InQuery("p", Integer(), "The page, from 1; without it, or less than 0, all rows come. 0 is refused."),
                InQuery("page_size", Integer(1, defaultValue: 10), "Rows of a page."),
                InQuery("res", Enum(["day", "hour", "month"]), "Groups by time too and fills the parts of the time in id."),
                InQuery("by", Enum(["Hits", "Success", "Error", "Latency"]), "What rows are sorted by."),
                InQuery("sort", Integer(-1, 1, defaultValue: 1), "1 the greatest first, -1 the least first."),
                InQuery("type", Enum(["json", "csv"]), "csv gives CSV with a header line of flattened names."),
            ],
            Responses = ErrorResponses.After(
                Response("The rows.", Json(Object(("data", Array(Ref("TykRow"))), ("pages", Count())), Example), Csv()), Error,
                (400, "Dates that are none or reversed, or another parameter that is wrong."), (401, "No token, or an unknown one."),
                (403, "The token lacks the scope read."), (404, "The path is not one of these.")),
        });

    private static KeyValuePair<string, OpenApiMediaType> Error(int status) =>
        Json(Ref("TykError"), $$"""{"Status":"Error","Message":"{{(status == 401 ? "Not authorised" : "What is wrong.")}}","Meta":null}""");

    private static OpenApiSchema Row() => Object(
        ("id", Object(
            ("day", Count()), ("month", Count()), ("year", Count()), ("hour", Count()), ("code", Count()), ("path", String()), ("key", String()),
            ("alias", String()), ("url", String()), ("iso_country", String()), ("api_id", String()), ("api_name", String()))),
        ("hits", Count()), ("success", Count("Status 200 to 299.")), ("error", Count("Status 400 and over.")),
        ("last_hit", String(format: "date-time")), ("request_time", Mean()), ("latency", Mean()), ("upstream_latency", Mean()),
        ("max_upstream_latency", Count()), ("min_upstream_latency", Count()), ("max_latency", Count()), ("min_latency", Count()),
        ("p95_latency", Number(0, description: "Within 1 %, in ms.")));

    private static OpenApiSchema Mean() => Number(0, description: "Mean in ms.");
}
