using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Description;

/// <summary>What <c>/openapi/v1.json</c> says, held against itself, the schema and the running server.</summary>
internal sealed partial class DocumentTests
{
    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;
    private HttpClient _http = null!;
    private DescribedApi _api = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder);
        _http = new HttpClient { BaseAddress = _server.Client.Address };
        _api = new DescribedApi(JsonElement.Parse(await _http.GetStringAsync("/openapi/v1.json")));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task It_is_OpenAPI_3_1_and_needs_no_token()
    {
        using HttpResponseMessage response = await _http.GetAsync("/openapi/v1.json");
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
        Assert.That(_api.Document.GetProperty("openapi").GetString(), Does.StartWith("3.1."));
        Assert.That(_api.Document.EnumerateObject().Select(member => member.Name),
            Is.EquivalentTo(new[] { "openapi", "info", "servers", "tags", "paths", "components" }));
    }

    [Test]
    public async Task Caches_ask_again_and_no_browser_takes_it_for_a_page()
    {
        using HttpResponseMessage response = await _http.GetAsync("/openapi/v1.json");
        Assert.That(response.Headers.CacheControl!.NoCache, Is.True);
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [Test]
    public async Task Requests_that_come_first_together_get_the_same_whole_document()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        using HttpClient http = new() { BaseAddress = server.Client.Address };
        string[] documents = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => http.GetStringAsync("/openapi/v1.json")));
        Assert.That(documents.Select(WithoutTimes), Is.All.EqualTo(WithoutTimes(await _http.GetStringAsync("/openapi/v1.json"))));
    }

    // Those in examples are of the request.
    private static string WithoutTimes(string document) => EpochMilliseconds().Replace(document, "");

    [GeneratedRegex("[0-9]{13}")]
    private static partial Regex EpochMilliseconds();

    [Test]
    public async Task The_document_models_reader_finds_nothing_wrong()
    {
        ReadResult result = OpenApiDocument.Parse(await _http.GetStringAsync("/openapi/v1.json"), "json");
        Assert.That(result.Diagnostic!.SpecificationVersion, Is.EqualTo(OpenApiSpecVersion.OpenApi3_1));
        Assert.That(result.Diagnostic.Errors.Concat(result.Diagnostic.Warnings).Select(fault => fault.ToString()), Is.Empty);
    }

    [Test]
    public async Task No_secret_of_the_configuration_is_in_it()
    {
        string text = await _http.GetStringAsync("/openapi/v1.json");
        Assert.That(new[] { TestProjects.TokenOf(TestProjects.First), TestProjects.TokenOf(TestProjects.Second), TestProjects.ReadOnlyToken }
            .Where(text.Contains), Is.Empty);
    }

    [Test]
    public void Every_schema_holds_only_what_the_validator_checks() => Assert.Multiple(() =>
    {
        foreach (JsonElement schema in Schemas(_api.Document))
        {
            Assert.That(() => _api.Validator.RequireKnown(schema), Throws.Nothing);
        }
    });

    [Test]
    public void Every_example_keeps_its_schema() => Assert.Multiple(() =>
    {
        (JsonElement Schema, JsonElement Example)[] examples = [.. Examples(_api.Document)];
        Assert.That(examples, Has.Length.GreaterThan(50));
        foreach ((JsonElement schema, JsonElement example) in examples)
        {
            Assert.That(_api.Validator.Faults(example, schema), Is.Empty);
        }
    });

    [Test]
    public void Operations_have_names_of_their_own() =>
        Assert.That(_api.Operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()), Is.Unique);

    [Test]
    public void The_parameters_of_a_path_are_those_of_its_braces() => Assert.Multiple(() =>
    {
        foreach ((string path, string method, JsonElement operation) in _api.Operations)
        {
            string[] declared = [.. Parameters(operation).Where(parameter => parameter.GetProperty("in").GetString() == "path")
                .Select(parameter => parameter.GetProperty("name").GetString()!)];
            string[] written = [.. path.Split('/').Where(part => part.StartsWith('{')).Select(part => part[1..^1])];
            Assert.That(declared, Is.EquivalentTo(written), $"{method} {path}");
        }
    });

    [Test]
    public void Every_way_to_prove_who_asks_is_described_and_used()
    {
        string[] described = [.. _api.Document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name)];
        string[] used = [.. _api.Operations.SelectMany(operation => operation.Operation.GetProperty("security").EnumerateArray())
            .SelectMany(way => way.EnumerateObject()).Select(scheme => scheme.Name).Distinct()];
        Assert.That(used, Is.EquivalentTo(described));
    }

    [Test]
    public void Every_schema_is_used()
    {
        string text = _api.Document.GetRawText();
        Assert.That(_api.Document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => !text.Contains($"\"#/components/schemas/{schema.Name}\"", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCaseSource(nameof(Fields))]
    public void A_field_that_is_pushed_is_described_wherever_it_is_taken_and_given(KindSchema kind, Field field)
    {
        JsonElement schemas = _api.Document.GetProperty("components").GetProperty("schemas");
        bool isTaken = schemas.GetProperty(kind.Kind + "Sample").GetProperty("properties").TryGetProperty(field.Name, out JsonElement taken);
        bool isRequired = schemas.GetProperty(kind.Kind + "Sample").GetProperty("required").EnumerateArray().Any(name => name.GetString() == field.Name);
        Assert.That(isTaken, Is.EqualTo(!field.FromEnvelope));
        Assert.That(isRequired, Is.EqualTo(field.Required));
        Assert.That(isTaken && field.Allowed.Length > 0 && !field.AllowedInAnyCase ? taken.GetProperty("enum").EnumerateArray().Select(text => text.GetString())
            : field.Allowed, Is.EqualTo(field.Allowed));
        Assert.That(schemas.GetProperty("Stored" + kind.Kind).GetProperty("properties").TryGetProperty(field.Name, out _), Is.True);
    }

    [TestCase("""{"thread":[{"time":1700000000000,"count":1}],"agent":{"oname":"a"}}""", true)]
    [TestCase("""{"thread":[{"time":1700000000000,"count":-1}],"agent":{"oname":"a"}}""", false)]
    [TestCase("""{"thread":[{"time":1700000000,"count":1}],"agent":{"oname":"a"}}""", false)]
    [TestCase("""{"thread":{"time":[1700000000000],"count":[1]},"agent":{"oname":"a"}}""", true)]
    [TestCase("""{"event":[{"time":1700000000000,"level":"ALARM","type":"ES010","message":"m"}]}""", true)]
    [TestCase("""{"event":[{"time":1700000000000,"level":"alarm","type":"ES010","message":"m"}]}""", false)]
    [TestCase("""{"alert":[{"time":1700000000000,"severity":"wARNING","source":"s","title":"t","labels":{"a":"b"}}]}""", true)]
    [TestCase("""{"alert":[{"time":1700000000000,"severity":"Fatal","source":"s","title":"t"}]}""", false)]
    public async Task A_batch_is_right_by_the_document_when_the_server_takes_it(string body, bool isRight)
    {
        JsonElement schema = _api.Document.GetProperty("components").GetProperty("schemas").GetProperty("Batch");
        using HttpResponseMessage response = await _server.Client.SendAsync(System.Text.Encoding.UTF8.GetBytes(body), "application/json");
        Assert.That(_api.Validator.Faults(JsonElement.Parse(body), schema).Length == 0, Is.EqualTo(isRight));
        Assert.That(response.StatusCode, Is.EqualTo(isRight ? HttpStatusCode.OK : HttpStatusCode.BadRequest));
    }

    [TestCase("""{"agents":[],"more":1}""", "application/json", 200, "$.more: not described")]
    [TestCase("""{"agents":{}}""", "application/json", 200, "$.agents")]
    [TestCase("""{"agents":[]}""", "application/json", 418, "got 418")]
    [TestCase("{}", "text/html", 200, "as text/html")]
    [TestCase("""{"agents":[]}""", "application/json", 200, null)]
    public void What_is_not_described_is_found(string body, string type, int status, string? fault)
    {
        string found = _api.Faults("GET", new Uri("http://h/api/v1/agents"), status, null, new MediaTypeHeaderValue(type), () => body);
        Assert.That(found, fault is null ? Is.Empty : Does.Contain(fault));
    }

    private static IEnumerable<TestCaseData> Fields() =>
        SampleSchema.All.SelectMany(kind => kind.Fields.Select(field => new TestCaseData(kind, field).SetArgDisplayNames(kind.Name, field.Name)));

    private static IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out JsonElement parameters) ? parameters.EnumerateArray() : Enumerable.Empty<JsonElement>();

    // Wherever a member schema stands, and those by name.
    private static IEnumerable<JsonElement> Schemas(JsonElement document) =>
        document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Value)
            .Concat(Below(document.GetProperty("paths")).Where(element => element.TryGetProperty("schema", out _))
                .Select(element => element.GetProperty("schema")));

    private static IEnumerable<(JsonElement Schema, JsonElement Example)> Examples(JsonElement document) =>
        Below(document.GetProperty("paths")).Where(element => element.TryGetProperty("example", out _))
            .Select(element => (element.GetProperty("schema"), element.GetProperty("example")));

    private static IEnumerable<JsonElement> Below(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            element.EnumerateObject().Where(member => member.Name is not ("schema" or "example")).SelectMany(member => Below(member.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Below),
        _ => [],
    };
}
