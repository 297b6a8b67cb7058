using System.Collections.Immutable;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Description;

/// <summary>The ways to show a token that more than one family takes (<see cref="TokenReader"/>).</summary>
public static class KnownSchemes
{
    public static ApiScheme Bearer { get; } = new("bearer", null, "A token of a project; it names its project by itself.");

    public static ApiScheme Token { get; } = new("token", TokenReader.WhatapToken, "A token of the project that the header " + TokenReader.WhatapPcode + " names.");

    public static ApiScheme Pcode { get; } = new("pcode", TokenReader.WhatapPcode, "The project code, a number.");

    /// <summary>Only <c>Authorization: Bearer</c>.</summary>
    public static ImmutableArray<string> WithBearer { get; } = [Bearer.Name];

    /// <summary>Token and project code, each in a header of its own.</summary>
    public static ImmutableArray<string> WithPcode { get; } = [Token.Name, Pcode.Name];
}
