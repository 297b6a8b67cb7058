using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Hosting.Description;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Tyk;

/// <summary>Describes the Tyk Dashboard analytics.</summary>
internal sealed class TykDescription : IApiDescription
{
    private const string Example =
        """
        {"data":[{"id":{"day":0,"month":0,"year":0,"hour":0,"code":0,"path":"/get","key":"","alias":"","url":"","iso_country":"","api_id":"79fc7cb80df940cc5089772200bd4926","api_name":""},
        "hits":2,"success":1,"error":1,"last_hit":"2020-10-13T14:48:51.582+05:30","request_time":498,"latency":498,"upstream_latency":497.5,"max_upstream_latency":747,
        "min_upstream_latency":248,"max_latency":748,"min_latency":248,"p95_latency":250.287}],"pages":1}
        """;

    private static readonly ApiScheme _authorization = new("authorization", "authorization", "A token with scope read, as it is or after Bearer.");

    private static readonly (string Name, string Description, int Minimum, int Maximum)[] _days =
    [
        ("startDay", "Day of the first day, from 1.", 1, 31), ("startMonth", "Month of the first day, from 1.", 1, 12), ("startYear", "Year of the first day.", 1, 9999),
        ("endDay", "Day of the last day, which is included.", 1, 31), ("endMonth", "Month of the last day.", 1, 12), ("endYear", "Year of the last day.", 1, 9999),
    ];

    private static readonly ImmutableArray<ApiParameter> _parameters =
    [
        .. _days.Select(day => new ApiParameter(day.Name, ParameterPlace.Path, Shape.Integer with { Minimum = day.Minimum, Maximum = day.Maximum }) { Description = day.Description }),
        InQuery("p", Shape.Integer, "The page, from 1; without it, or less than 0, all rows come. 0 is refused."),
        InQuery("page_size", Shape.Integer with { Minimum = 1, Default = "10" }, "Rows of a page."),
        InQuery("res", Shape.OneOf("day", "hour", "month"), "Groups by time too and fills the parts of the time in id."),
        InQuery("by", Shape.OneOf("Hits", "Success", "Error", "Latency"), "What rows are sorted by."),
        InQuery("sort", Shape.Integer with { Minimum = -1, Maximum = 1, Default = "1" }, "1 the greatest first, -1 the least first."),
        InQuery("type", Shape.OneOf("json", "csv"), "csv gives CSV with a header line of flattened names."),
    ];

    public ApiPart Describe() => new("tyk", "Tyk Dashboard analytics: endpoints called with a key, or by an OAuth client. Days are whole and both included.")
    {
        Operations =
        [
            Operation("keys", "keyHash", "Hash of the caller's key."),
            Operation("oauthid", "clientId", "Id of the OAuth client."),
        ],
        Schemas = [("TykRow", Row()), ("TykError", Shape.Record(("Status", Shape.OneOf("Error")), ("Message", Shape.Text), ("Meta", Shape.Null)))],
        Schemes = [_authorization],
    };

    private static ApiOperation Operation(string name, string key, string description) => new("get", TykEndpoint.Prefix + $"/{name}/endpoint/{{{key}}}/{string.Join('/', _days.Select(day => $"{{{day.Name}}}"))}")
    {
        Id = "tykBy" + char.ToUpperInvariant(key[0]) + key[1..],
        Summary = "Endpoints called with " + (name == "keys" ? "a key" : "an OAuth client's id"),
        Description = "By hits, then the last hit, then the path. An unknown one is an empty answer.",
        Security = [[_authorization.Name]],
        Parameters = [new ApiParameter(key, ParameterPlace.Path, Shape.Text) { Description = description }, .. _parameters],
        Answers =
        [
            new ApiAnswer(200, "The rows.",
                new ApiContent(ApiContent.Json, Shape.Record(("data", Shape.List(Shape.Of("TykRow"))), ("pages", Shape.Count)), Example), new ApiContent(ApiContent.Csv, Shape.Text)),
            .. FamilyAnswers.Errors(
                Error,
                (400, "Dates that are none or reversed, or another parameter that is wrong."), (401, "No token, or an unknown one."), (403, "The token lacks the scope read."),
                (404, "The path is not one of these.")),
        ],
    };

    private static ApiContent Error(int status) => new(
        ApiContent.Json, Shape.Of("TykError"), string.Create(CultureInfo.InvariantCulture, $$"""{"Status":"Error","Message":"{{(status == 401 ? "Not authorised" : "What is wrong.")}}","Meta":null}"""));

    private static Shape Row() => Shape.Record(
        ("id", Shape.Record(
            ("day", Shape.Count), ("month", Shape.Count), ("year", Shape.Count), ("hour", Shape.Count), ("code", Shape.Count), ("path", Shape.Text), ("key", Shape.Text),
            ("alias", Shape.Text), ("url", Shape.Text), ("iso_country", Shape.Text), ("api_id", Shape.Text), ("api_name", Shape.Text))),
        ("hits", Shape.Count), ("success", Shape.Count.Saying("Status 200 to 299.")), ("error", Shape.Count.Saying("Status 400 and over.")),
        ("last_hit", Shape.Text with { Format = "date-time" }), ("request_time", Mean()), ("latency", Mean()), ("upstream_latency", Mean()),
        ("max_upstream_latency", Shape.Count), ("min_upstream_latency", Shape.Count), ("max_latency", Shape.Count), ("min_latency", Shape.Count),
        ("p95_latency", (Shape.Number with { Minimum = 0 }).Saying("Within 1 %, in ms.")));

    private static Shape Mean() => (Shape.Number with { Minimum = 0 }).Saying("Mean in ms.");

    private static ApiParameter InQuery(string name, Shape shape, string description) => new(name, ParameterPlace.Query, shape) { Description = description };
}
