using System.Text.Json.Nodes;
using EdgeGate.Admin;

namespace EdgeGate.Tests.Admin;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("""{ "Token": "s3cret" }""")]
    [InlineData("""{ "Password": "s3cret" }""")]
    [InlineData("""{ "ClientSecret": "s3cret" }""")]
    [InlineData("""{ "Api-Key": "s3cret" }""")]
    [InlineData("""{ "ConnectionString": "s3cret" }""")]
    [InlineData("""{ "Tokens": [ "s3cret", "s3cret" ] }""")]
    [InlineData("""{ "Transforms": [ { "RequestHeader": "Authorization", "Set": "s3cret" } ] }""")]
    [InlineData("""{ "Transforms": [ { "RequestHeader": "X-Api-Key", "Append": "s3cret" } ] }""")]
    [InlineData("""{ "Transforms": [ { "ResponseHeader": "Set-Cookie", "Append": "s3cret", "When": "Always" } ] }""")]
    [InlineData("""{ "Transforms": [ { "QueryValueParameter": "access_token", "Set": "s3cret" } ] }""")]
    [InlineData("""{ "Transforms": [ { "RequestHeader": "X-Any", "Set": "Bearer s3cret" } ] }""")]
    [InlineData("""{ "Match": { "Headers": [ { "Name": "Cookie", "Values": [ "s3cret" ] } ] } }""")]
    [InlineData("""{ "Match": { "QueryParameters": [ { "Name": "sig", "Values": [ "s3cret" ] } , { "Name": "signature", "Values": [ "s3cret" ] } ] } }""")]
    [InlineData("""{ "Address": "http://user:s3cret@upstream:80/" }""")]
    [InlineData("""{ "Path": "/health?api_key=s3cret&deep=1" }""")]
    [InlineData("""{ "Pem": "-----BEGIN PRIVATE KEY-----\ns3cret" }""")]
    public void A_secret_is_not_shown(string json)
    {
        string shown = Redact(json);

        Assert.DoesNotContain("s3cret", shown);
        Assert.Contains("(redacted)", shown);
    }

    [Theory]
    [InlineData("""{"TokenFile":"/etc/edgegate/admin.token"}""")]
    [InlineData("""{"KeyPath":"tls/site.key","CertificatePath":"tls/site.pem"}""")]
    [InlineData("""{"AffinityKeyName":".site"}""")]
    [InlineData("""{"Transforms":[{"RequestHeader":"X-Forwarded-Prefix","Set":"/app"}]}""")]
    [InlineData("""{"Address":"http://upstream:80/?deep=1"}""")]
    [InlineData("""{"token-service":{"Bind":"127.0.0.1:80"}}""")]
    [InlineData("""{"Name":"X-Tenant","Values":["a","b"],"Null":null,"Number":5,"Yes":true}""")]
    public void What_is_no_secret_stays(string json) => Assert.Equal(json, Redact(json));

    private static string Redact(string json)
    {
        JsonNode node = JsonNode.Parse(json)!;
        Redaction.Redact(node);
        return node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
