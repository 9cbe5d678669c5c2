export const javaQuery = `
(class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(annotation_type_declaration name: (_) @name body: (_) @body) @interface
(enum_declaration name: (_) @name body: (_) @body) @enum
(enum_constant name: (_) @name body: (_)? @body) @enumMember
(record_declaration name: (_) @name parameters: (_) @parameters body: (_) @body) @class
(record_declaration parameters: (formal_parameters (formal_parameter name: (_) @name) @field))
(method_declaration name: (_) @name parameters: (_) @parameters body: (_)? @body) @method
(annotation_type_element_declaration name: (_) @name) @method
(constructor_declaration name: (_) @name parameters: (_) @parameters body: (_) @body) @constructor
(compact_constructor_declaration name: (_) @name body: (_) @body) @constructor
(field_declaration declarator: (variable_declarator name: (_) @name value: (_)? @body) @field)
(field_declaration type: (_) . declarator: (variable_declarator) @wrapped .) @wrapper
(constant_declaration declarator: (variable_declarator name: (_) @name value: (_)? @body) @constant)
(constant_declaration type: (_) . declarator: (variable_declarator) @wrapped .) @wrapper

(import_declaration (scoped_identifier name: (_) @name) .) @import

(block_comment) @comment
(line_comment) @comment
(lambda_expression) @opaque
(object_creation_expression (class_body) @opaque)
`;
