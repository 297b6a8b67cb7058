using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>
/// Short ways to make schemas (JSON Schema 2020-12, as OpenAPI 3.1 uses it). An object has the members it names and no others, unless it is open.
/// Each factory makes a new schema; the extensions change the one they are called on.
/// </summary>
public static class JsonSchema
{
    /// <summary>Any value at all.</summary>
    public static OpenApiSchema Any() => new();

    public static OpenApiSchema Null() => new() { Type = JsonSchemaType.Null };

    public static OpenApiSchema Boolean(string? description = null) => new() { Type = JsonSchemaType.Boolean, Description = description };

    public static OpenApiSchema String(string? description = null, string? format = null, string? pattern = null, JsonNode? defaultValue = null) =>
        new() { Type = JsonSchemaType.String, Description = description, Format = format, Pattern = pattern, Default = defaultValue };

    /// <summary>One of some strings.</summary>
    public static OpenApiSchema Enum(IEnumerable<string> values, JsonNode? defaultValue = null) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values], Default = defaultValue };

    /// <summary>A whole number of any size, within its bounds.</summary>
    public static OpenApiSchema Integer(
        long? minimum = null, long? maximum = null, string? description = null, string? format = null, JsonNode? defaultValue = null) =>
        Bounded(JsonSchemaType.Integer, minimum, maximum, description, format, defaultValue);

    public static OpenApiSchema Number(long? minimum = null, long? maximum = null, string? description = null) =>
        Bounded(JsonSchemaType.Number, minimum, maximum, description);

    /// <summary>A whole number, 0 or more.</summary>
    public static OpenApiSchema Count(string? description = null) => Integer(minimum: 0, description: description);

    /// <summary>A whole number that 32 bits hold with its sign.</summary>
    public static OpenApiSchema Int32(string? description = null) => Integer(int.MinValue, int.MaxValue, description, "int32");

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public static OpenApiSchema Time(string? description = null) => Integer(description: description, format: "int64");

    /// <summary>A string or a number.</summary>
    public static OpenApiSchema Scalar() => new() { Type = JsonSchemaType.String | JsonSchemaType.Number };

    public static OpenApiSchema Array(IOpenApiSchema items, string? description = null, int? maxItems = null) =>
        new() { Type = JsonSchemaType.Array, Items = items, Description = description, MaxItems = maxItems };

    /// <summary>An object with these members, all of them required.</summary>
    public static OpenApiSchema Object(params IEnumerable<(string Name, IOpenApiSchema Schema)> members) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = members.ToDictionary(member => member.Name, member => member.Schema),
        Required = members.Select(member => member.Name).ToHashSet(),
        AdditionalPropertiesAllowed = false,
    };

    /// <summary>An object with these members.</summary>
    public static OpenApiSchema Object(IEnumerable<(string Name, OpenApiSchema Schema, bool IsRequired)> members)
    {
        OpenApiSchema schema = Object(members.Select(member => (member.Name, (IOpenApiSchema)member.Schema)));
        schema.Required!.IntersectWith(members.Where(member => member.IsRequired).Select(member => member.Name));
        return schema;
    }

    /// <summary>An object whose members have any name and all the same schema.</summary>
    public static OpenApiSchema Map(IOpenApiSchema values, string? description = null) =>
        new() { Type = JsonSchemaType.Object, AdditionalProperties = values, Description = description };

    /// <summary>The schemas of which a value keeps at least one.</summary>
    public static OpenApiSchema AnyOf(params IEnumerable<IOpenApiSchema> choices) => new() { AnyOf = [.. choices] };

    /// <summary>The schema of that name among the document's.</summary>
    public static OpenApiSchemaReference Ref(string name) => new(name);

    /// <summary>The same schema, which also takes null.</summary>
    public static OpenApiSchema OrNull(this OpenApiSchema schema)
    {
        if (schema.Enum is not null)
        {
            return AnyOf(schema, Null());
        }

        schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    /// <summary>The same object with further members, which may be absent.</summary>
    public static OpenApiSchema WithOptional(this OpenApiSchema schema, params IEnumerable<(string Name, IOpenApiSchema Schema)> members)
    {
        foreach ((string name, IOpenApiSchema member) in members)
        {
            schema.Properties!.Add(name, member);
        }

        return schema;
    }

    /// <summary>The same object, whose members that are not named hold anything.</summary>
    public static OpenApiSchema Open(this OpenApiSchema schema)
    {
        schema.AdditionalPropertiesAllowed = true;
        return schema;
    }

    public static OpenApiSchema Described(this OpenApiSchema schema, string description)
    {
        schema.Description = description;
        return schema;
    }

    private static OpenApiSchema Bounded(
        JsonSchemaType type, long? minimum, long? maximum, string? description, string? format = null, JsonNode? defaultValue = null) => new()
        {
            Type = type,
            Minimum = minimum?.ToString(CultureInfo.InvariantCulture),
            Maximum = maximum?.ToString(CultureInfo.InvariantCulture),
            Description = description,
            Format = format,
            Default = defaultValue,
        };
}
