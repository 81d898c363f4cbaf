using EdgeGate.Configuration;
using EdgeGate.Tests.Configuration;
using k8s;
using k8s.Models;
using YamlDotNet.Core;

namespace EdgeGate.Tests.Deploy;

/// <summary>The manifests, read as strictly as Kubernetes' own types can, and held against the daemon's configuration.</summary>
public sealed class KubernetesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "deploy", "kubernetes");

    public static TheoryData<string> Manifests => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_key_is_one_of_Kubernetes(string manifest)
    {
        string yaml = File.ReadAllText(Path.Combine(Folder, manifest));

        Assert.All(Load(yaml), one => Assert.IsAssignableFrom<IKubernetesObject<V1ObjectMeta>>(one));
        Assert.Throws<YamlException>(() => Load(yaml.Replace("readOnlyRootFilesystem", "readOnlyRootFileSystem", StringComparison.Ordinal)));
        Assert.Throws<YamlException>(() => Load(yaml.Replace("periodSeconds: 1\n", "periodSeconds: often\n", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task The_configuration_that_it_carries_is_good(string manifest)
    {
        string json = Configuration(Load(manifest: manifest));

        Assert.Empty(SchemaJudge.ErrorsOf(json));
        Assert.All((await Loaded.FromAsync(json)).Errors, error => Assert.Equal("EdgeGate:Admin:TokenFile", error.Path)); // a secret of the cluster
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void The_gateway_is_confined(string manifest)
    {
        V1PodSpec pod = Pod(Load(manifest: manifest));
        V1Container gateway = Gateway(pod);

        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal(65532, pod.SecurityContext.RunAsUser); // the user of the image
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(gateway.SecurityContext.AllowPrivilegeEscalation);
        Assert.True(gateway.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], gateway.SecurityContext.Capabilities.Drop);
        Assert.Null(gateway.SecurityContext.Capabilities.Add);
        Assert.Contains("memory", gateway.Resources.Limits.Keys);
        Assert.Equal("edgegate:" + ProductVersion.Text, gateway.Image);
        Assert.All(gateway.VolumeMounts, mount => Assert.True(mount.ReadOnlyProperty));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task Its_ports_and_its_patience_are_those_of_the_configuration(string manifest)
    {
        List<object> all = Load(manifest: manifest);
        V1PodSpec pod = Pod(all);
        V1Container gateway = Gateway(pod);
        GatewayConfig config = await Loaded.GoodAsync(Configuration(all).Replace("\"TokenFile\": \"/run/secrets/edgegate/token\"", "", StringComparison.Ordinal));

        int[] served = [.. config.Listeners.Select(listener => listener.Bind.Port), .. config.Admin.Bind.IsLoopback ? (int[])[] : [config.Admin.Bind.Port]];
        Assert.Equal(served.Order(), gateway.Ports.Select(port => port.ContainerPort).Order());
        double drain = config.Listeners.Max(listener => listener.Settings.DrainTimeout).TotalSeconds;
        Assert.True(pod.TerminationGracePeriodSeconds > drain + gateway.Lifecycle.PreStop.Sleep.Seconds);
        Assert.NotNull(gateway.StartupProbe);
        Assert.NotNull(gateway.ReadinessProbe);
    }

    private static string Configuration(List<object> all) => all.OfType<V1ConfigMap>().Single().Data["edgegate.json"];

    private static V1PodSpec Pod(List<object> all) =>
        all.OfType<V1DaemonSet>().Select(set => set.Spec.Template.Spec).Concat(all.OfType<V1Deployment>().Select(d => d.Spec.Template.Spec)).Single();

    private static V1Container Gateway(V1PodSpec pod) =>
        pod.Containers.Concat(pod.InitContainers ?? []).Single(container => container.Name == "edgegate");

    private static List<object> Load(string? yaml = null, string? manifest = null) =>
        KubernetesYaml.LoadAllFromString(yaml ?? File.ReadAllText(Path.Combine(Folder, manifest!)), strict: true);
}
