using System.Collections.Immutable;

namespace TimeSeries.Hosting.Description;

/// <summary>
/// A schema (JSON Schema 2020-12, as OpenAPI 3.1 uses it). An object has the members it names and no others, unless it is open. Immutable;
/// made with the methods below and <c>with</c>.
/// </summary>
public sealed record Shape
{
    private Shape(params ImmutableArray<string> types) => Types = types;

    /// <summary>The types of JSON values allowed; empty for any.</summary>
    public ImmutableArray<string> Types { get; private init; }

    /// <summary>The name of the schema that this one stands for; with it there is nothing else.</summary>
    public string? Reference { get; private init; }

    public string? Description { get; init; }

    public string? Format { get; init; }

    public string? Pattern { get; init; }

    public ImmutableArray<string> Allowed { get; init; } = [];

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? MaxItems { get; init; }

    public int? MaxMembers { get; init; }

    /// <summary>The default as JSON.</summary>
    public string? Default { get; init; }

    /// <summary>The schemas of which a value keeps at least one.</summary>
    public ImmutableArray<Shape> Choices { get; private init; } = [];

    public Shape? Elements { get; private init; }

    public ImmutableArray<Member> Members { get; private init; } = [];

    /// <summary>What members without a name of their own hold; null when there are none, or any.</summary>
    public Shape? Others { get; private init; }

    /// <summary>Whether members that are not named are allowed.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The schema of that name among the document's.</summary>
    public static Shape Of(string name) => new() { Reference = name };

    /// <summary>Any value at all.</summary>
    public static Shape Any { get; } = new();

    public static Shape Text { get; } = new("string");

    public static Shape Boolean { get; } = new("boolean");

    /// <summary>A whole number of any size.</summary>
    public static Shape Integer { get; } = new("integer");

    public static Shape Number { get; } = new("number");

    /// <summary>A whole number, 0 or more.</summary>
    public static Shape Count { get; } = Integer with { Minimum = 0 };

    /// <summary>A whole number that 32 bits hold with its sign.</summary>
    public static Shape Int32 { get; } = Integer with { Format = "int32", Minimum = int.MinValue, Maximum = int.MaxValue };

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public static Shape Time { get; } = Integer with { Format = "int64" };

    /// <summary>One of some texts.</summary>
    public static Shape OneOf(params ReadOnlySpan<string> texts) => Text with { Allowed = [.. texts] };

    public static Shape List(Shape elements) => new("array") { Elements = elements };

    public static Shape Either(params ReadOnlySpan<Shape> choices) => new() { Choices = [.. choices] };

    /// <summary>An object with these members, all of them required unless a member says otherwise.</summary>
    public static Shape Record(params ReadOnlySpan<Member> members) => new("object") { Members = [.. members] };

    /// <summary>An object whose members have any name and all the same shape.</summary>
    public static Shape Map(Shape values) => new("object") { Others = values };

    /// <summary>A text or a number.</summary>
    public static Shape Scalar { get; } = new("string", "number");

    public static Shape Null { get; } = new("null");

    /// <summary>The same, or null. Of a shape that has types.</summary>
    public Shape OrNull() => Allowed.IsEmpty ? this with { Types = [.. Types, "null"] } : Either(this, Null);

    public Shape Saying(string description) => this with { Description = description };

    /// <summary>One member of an object.</summary>
    public sealed record Member(string Name, Shape Shape, bool IsOptional = false)
    {
        public static implicit operator Member((string Name, Shape Shape) member) => new(member.Name, member.Shape);

        public static Member ToMember((string Name, Shape Shape) member) => member;
    }
}
