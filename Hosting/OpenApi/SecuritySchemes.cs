using Microsoft.OpenApi;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>The ways to show a token that more than one family takes (<see cref="TokenAuthenticator"/>). Every host describes them.</summary>
public static class SecuritySchemes
{
    private const string BearerName = "bearer";
    private const string TokenName = "token";
    private const string PcodeName = "pcode";

    /// <summary>Only <c>Authorization: Bearer</c>.</summary>
    public static OpenApiSecurityRequirement Bearer => Require(BearerName);

    /// <summary>Token and project code, each in a header of its own.</summary>
    public static OpenApiSecurityRequirement TokenAndPcode => Require(TokenName, PcodeName);

    /// <summary>No proof at all.</summary>
    public static OpenApiSecurityRequirement None => [];

    /// <summary>All of the schemes of these names together.</summary>
    public static OpenApiSecurityRequirement Require(params IEnumerable<string> schemes)
    {
        OpenApiSecurityRequirement requirement = [];
        foreach (string scheme in schemes)
        {
            requirement.Add(new OpenApiSecuritySchemeReference(scheme), []);
        }

        return requirement;
    }

    /// <summary>A proof that stands in a header.</summary>
    public static OpenApiSecurityScheme InHeader(string header, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = header, Description = description };

    internal static void AddTo(OpenApiDocument document)
    {
        document.AddComponent(BearerName, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token of a project; it names its project by itself.",
        });
        document.AddComponent(TokenName,
            InHeader(TokenAuthenticator.WhatapToken, "A token of the project that the header " + TokenAuthenticator.WhatapPcode + " names."));
        document.AddComponent(PcodeName, InHeader(TokenAuthenticator.WhatapPcode, "The project code, a number."));
    }
}
