using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>Short ways to make the elements of an operation. Each call makes a new one.</summary>
public static class ApiElements
{
    /// <summary>Adds a group of operations under a tag of their own.</summary>
    public static void AddOperations(
        this OpenApiDocument document, string tag, string description, params IEnumerable<DescribedOperation> operations)
    {
        document.Tags!.Add(new OpenApiTag { Name = tag, Description = description });
        foreach ((HttpMethod method, string path, OpenApiOperation operation) in operations)
        {
            operation.Tags = new HashSet<OpenApiTagReference> { new(tag) };
            document.Paths.TryAdd(path, new OpenApiPathItem { Operations = [] });
            document.Paths[path].Operations!.Add(method, operation);
        }
    }

    public static OpenApiParameter InPath(
        string name, IOpenApiSchema schema, string description, [StringSyntax(StringSyntaxAttribute.Json)] string? example = null) => new()
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Schema = schema,
            Description = description,
            Example = example is null ? null : JsonNode.Parse(example),
        };

    public static OpenApiParameter InQuery(string name, IOpenApiSchema schema, string description, bool isRequired = false) =>
        new() { Name = name, In = ParameterLocation.Query, Required = isRequired, Schema = schema, Description = description };

    /// <summary>The body of a request, which must be there.</summary>
    public static OpenApiRequestBody Body(string description, params IEnumerable<KeyValuePair<string, OpenApiMediaType>> contents) =>
        new() { Description = description, Required = true, Content = new Dictionary<string, OpenApiMediaType>(contents) };

    public static OpenApiResponses Responses(params IEnumerable<(int Status, OpenApiResponse Response)> responses)
    {
        OpenApiResponses all = [];
        foreach ((int status, OpenApiResponse response) in responses)
        {
            all.Add(status.ToString(CultureInfo.InvariantCulture), response);
        }

        return all;
    }

    public static OpenApiResponse Response(string description, params IEnumerable<KeyValuePair<string, OpenApiMediaType>> contents) =>
        new() { Description = description, Content = new Dictionary<string, OpenApiMediaType>(contents) };

    /// <summary>The same response with headers that always come with it.</summary>
    public static OpenApiResponse WithHeaders(
        this OpenApiResponse response, params IEnumerable<(string Name, IOpenApiSchema Schema, string Description)> headers)
    {
        response.Headers = headers.ToDictionary(
            header => header.Name, IOpenApiHeader (header) => new OpenApiHeader { Required = true, Schema = header.Schema, Description = header.Description });
        return response;
    }

    /// <summary>One form of a body.</summary>
    public static KeyValuePair<string, OpenApiMediaType> Content(
        string mediaType, IOpenApiSchema schema, [StringSyntax(StringSyntaxAttribute.Json)] string? example = null) =>
        new(mediaType, new OpenApiMediaType { Schema = schema, Example = example is null ? null : JsonNode.Parse(example) });

    public static KeyValuePair<string, OpenApiMediaType> Json(IOpenApiSchema schema, [StringSyntax(StringSyntaxAttribute.Json)] string? example = null) =>
        Content(MediaTypeNames.Application.Json, schema, example);

    public static KeyValuePair<string, OpenApiMediaType> NdJson(IOpenApiSchema line) => Content("application/x-ndjson", line);

    public static KeyValuePair<string, OpenApiMediaType> EventStream() => Content(MediaTypeNames.Text.EventStream, JsonSchema.String());

    public static KeyValuePair<string, OpenApiMediaType> MsgPack(IOpenApiSchema schema) => Content(MessagePackMedia.ContentType, schema);

    public static KeyValuePair<string, OpenApiMediaType> Csv() => Content(MediaTypeNames.Text.Csv, JsonSchema.String());
}

/// <summary>An operation and where it is called.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with parameters in braces.</param>
/// <param name="Operation">The operation, without its tag.</param>
public readonly record struct DescribedOperation(HttpMethod Method, string Path, OpenApiOperation Operation);
