using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Server;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Description;

/// <summary>
/// The OpenAPI document as a rule that responses are held against: which operation a request is, and whether its response is one that is described.
/// </summary>
internal sealed class DescribedApi
{
    private static readonly Lazy<DescribedApi> _ofServer = new(ReadOfServer);

    private readonly SchemaValidator _validator;
    private readonly (string[] Parts, JsonProperty Path)[] _paths;

    public DescribedApi(JsonElement document)
    {
        Document = document;
        _validator = new SchemaValidator(document);
        _paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => (Parts(path.Name), path))];
    }

    /// <summary>What the all-in-one server serves, which is all there is. Thread safe.</summary>
    public static DescribedApi OfServer => _ofServer.Value;

    public JsonElement Document { get; }

    public SchemaValidator Validator => _validator;

    /// <summary>Every operation: path, method, description.</summary>
    public IEnumerable<(string Path, string Method, JsonElement Operation)> Operations => Document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(method => (path.Name, method.Name, method.Value)));

    /// <summary>What is wrong with a response, a line each; empty when the document describes it.</summary>
    public string Faults(string method, Uri uri, int status, HttpResponseHeaders? headers, MediaTypeHeaderValue? type, Func<string> body)
    {
        string[] parts = Parts(uri.AbsolutePath);
        if (Find(parts, method) is not { } operation)
        {
            return status == 404 || status == 405 ? "" : $"{method} {uri.AbsolutePath} is not described, and got {status}.";
        }

        string at = $"{method} {uri.PathAndQuery} got {status}";
        if (!operation.GetProperty("responses").TryGetProperty(status.ToString(CultureInfo.InvariantCulture), out JsonElement json))
        {
            return $"{at}, which is not described.";
        }

        foreach (JsonProperty header in json.TryGetProperty("headers", out JsonElement described) && headers is not null
            ? described.EnumerateObject().ToArray() : [])
        {
            if (!headers!.Contains(header.Name))
            {
                return $"{at} without {header.Name}.";
            }
        }

        bool isEmpty = !json.TryGetProperty("content", out JsonElement contents) || !contents.EnumerateObject().Any();
        if (type is null && isEmpty)
        {
            return "";
        }

        if (type is null || isEmpty || !contents.TryGetProperty(type.MediaType!, out JsonElement content))
        {
            return $"{at} as {type?.MediaType ?? "nothing"}, which is not described.";
        }

        string faults = BodyFaults(type.MediaType!, content.GetProperty("schema"), body);
        return faults.Length == 0 ? "" : $"{at}:\n{faults}";
    }

    /// <summary>The operation that a request means; its path's other one when only that is there; the nearest of the family when the path is none.</summary>
    private JsonElement? Find(string[] parts, string method)
    {
        JsonElement? found = null;
        int best = 0;
        foreach ((string[] template, JsonProperty path) in _paths)
        {
            JsonElement operation = path.Value.TryGetProperty(method.ToLowerInvariant(), out JsonElement own) ? own
                : path.Value.EnumerateObject().First().Value;
            int score = Score(template, parts, operation);
            if (score > best)
            {
                best = score;
                found = operation;
            }
        }

        return found;
    }

    // A path that fits counts most, then one whose parameters take the values, then the number of parts that are the same; a path that does not fit is of
    // the family when it begins as the family's paths do.
    private int Score(string[] template, string[] parts, JsonElement operation)
    {
        int same = 0;
        while (same < template.Length && same < parts.Length && template[same] == parts[same])
        {
            same++;
        }

        bool isFitting = template.Length == parts.Length && template.Zip(parts).All(pair => pair.First == pair.Second || pair.First[0] == '{');
        if (!isFitting)
        {
            return same >= 3 || (same >= 2 && template[1] == "activity") || (same >= 1 && template[0] == "dashboards") ? same : 0;
        }

        bool takesValues = template.Zip(parts).Where(pair => pair.First[0] == '{').All(pair => Takes(operation, pair.First[1..^1], pair.Second));
        int literal = template.Zip(parts).Select((pair, index) => pair.First == pair.Second ? 1 << (10 - Math.Min(index, 10)) : 0).Sum();
        return 100_000 + (takesValues ? 10_000 : 0) + literal;
    }

    private bool Takes(JsonElement operation, string name, string value)
    {
        JsonElement schema = operation.GetProperty("parameters").EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name).GetProperty("schema");
        bool isNumber = schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "integer";
        if (isNumber && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        return _validator.Faults(JsonSerializer.SerializeToElement(
            isNumber ? long.Parse(value, CultureInfo.InvariantCulture) : (object)value), schema).Length == 0;
    }

    private string BodyFaults(string mediaType, JsonElement schema, Func<string> body)
    {
        switch (mediaType)
        {
            case "application/json" or "application/problem+json" or "application/msgpack":
                using (JsonDocument document = JsonDocument.Parse(body()))
                {
                    return _validator.Faults(document.RootElement, schema);
                }

            case "application/x-ndjson":
                return body().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => _validator.Faults(JsonElement.Parse(line), schema)).FirstOrDefault(faults => faults.Length > 0, "");
            default:
                return "";
        }
    }

    private static string[] Parts(string path) => [.. path.Trim('/').Split('/').Select(Uri.UnescapeDataString)];

    private static DescribedApi ReadOfServer()
    {
        using TemporaryFolder folder = new();
        WebApplication app = ServerHost.Build(TestProjects.Arguments(folder, TestProjects.NotWatched));
        try
        {
            return new DescribedApi(JsonElement.Parse(app.Services.GetRequiredService<HostDocument>().Utf8));
        }
        finally
        {
            app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
